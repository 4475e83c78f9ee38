/** Where the test stands: settle › baseline › test › wait, each one click or key away, and what a cycle does. */
import type { PhaseMark, PhaseName, PhaseState } from '../extension/protocol.ts';
import { element, setAttribute, setShown, setText } from './controls/dom.ts';
import { grouped, stopwatch } from './numbers.ts';

type Step = Exclude<PhaseName, 'end'>;

/** In the order of a test; the keys F1 to F4 set them. */
const STEPS: readonly { readonly phase: Step; readonly key: string; readonly title: string }[] = [
  { phase: 'settle', key: 'F1', title: 'Settle: the driver is loaded, nothing is tested yet' },
  { phase: 'baseline', key: 'F2', title: 'Baseline: what is outstanding before the test' },
  { phase: 'test', key: 'F3', title: 'Test: the work runs; again starts the next cycle' },
  { phase: 'wait', key: 'F4', title: 'Wait: the work stopped, and memory may be given back' },
];

export interface PhaseBarEvents {
  onPhase(phase: PhaseName): void;
  onOperations(operations: number | null): void;
}

const TICK_MS = 1000;
const MOST_OPERATIONS = 1e12;

export class PhaseBar {
  readonly element = element('div', 'phase-bar');
  readonly #steps: ReadonlyMap<Step, HTMLButtonElement>;
  readonly #end = element('button', 'phase-end', 'End');
  readonly #operations = element('input', 'operations');
  readonly #operationsLabel: HTMLLabelElement;
  #phases: PhaseState | undefined;
  /** The newest sample, ms since the first, and when it was told, on the page's clock. */
  #now: { readonly elapsedMs: number; readonly at: number } = { elapsedMs: 0, at: 0 };
  #running = false;
  #tick: ReturnType<typeof setInterval> | undefined;

  constructor(events: PhaseBarEvents) {
    this.element.setAttribute('role', 'group');
    this.element.setAttribute('aria-label', 'Phase of the test');
    this.#steps = new Map(
      STEPS.map(({ phase, key, title }) => {
        const made = element('button', 'phase', element('span', 'phase-name'), element('kbd', '', key));
        made.title = `${title} (key ${key})`;
        made.addEventListener('click', () => events.onPhase(phase));
        this.element.append(made);
        return [phase, made];
      }),
    );
    this.#end.title = 'End the test: phases stay on the charts, and the watch stops when nobody looks';
    this.#end.addEventListener('click', () => events.onPhase('end'));
    this.#operations.type = 'text';
    this.#operations.inputMode = 'numeric';
    this.#operations.placeholder = '–';
    this.#operations.size = 6;
    this.#operations.addEventListener('change', () => {
      const value = Number(this.#operations.value.replace(/[,\s]/g, ''));
      const valid = Number.isInteger(value) && value >= 1 && value <= MOST_OPERATIONS;
      events.onOperations(valid ? value : null);
      if (!valid) this.#operations.value = '';
    });
    this.#operations.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.#operations.blur();
    });
    this.#operationsLabel = element('label', 'operations-label', 'ops/cycle', this.#operations);
    this.#operationsLabel.title = 'How often a cycle does what is tested: leaks are told per operation then';
    this.element.append(this.#end, this.#operationsLabel);
  }

  show(phases: PhaseState, elapsedMs: number, running: boolean): void {
    const fresh =
      phases.marks.length !== this.#phases?.marks.length ||
      phases.marks.at(-1) !== this.#phases.marks.at(-1) ||
      phases.operationsPerCycle !== this.#phases.operationsPerCycle ||
      phases.canMark !== this.#phases.canMark;
    this.#phases = phases;
    this.#now = { elapsedMs, at: performance.now() };
    this.#running = running;
    const current = phases.marks.at(-1);
    const open = current !== undefined && current.phase !== 'end';
    if (fresh) {
      setShown(this.element, phases.canMark || phases.marks.length > 0);
      for (const [phase, made] of this.#steps) {
        made.disabled = !phases.canMark;
        setAttribute(made, 'aria-pressed', String(current?.phase === phase));
        made.classList.toggle(
          'past',
          phases.marks.some((mark) => mark.phase === phase),
        );
      }
      setShown(this.#end, open && phases.canMark);
      setShown(this.#operationsLabel, open && phases.canMark);
      if (document.activeElement !== this.#operations) {
        this.#operations.value = phases.operationsPerCycle === null ? '' : grouped(phases.operationsPerCycle);
      }
    }
    this.#say();
    if (open && this.#tick === undefined) this.#tick = setInterval(() => this.#say(), TICK_MS);
    else if (!open) {
      clearInterval(this.#tick);
      this.#tick = undefined;
    }
  }

  #say(): void {
    const marks = this.#phases?.marks ?? [];
    const current = marks.at(-1);
    const since = this.#running ? performance.now() - this.#now.at : 0;
    for (const [phase, made] of this.#steps) {
      const name = made.firstElementChild as Element;
      const running = current?.phase === phase;
      const time = running ? stopwatch(this.#now.elapsedMs + since - current.elapsedMs) : '';
      setText(name, phaseWords(phase, current, time));
    }
  }
}

/** `test 3 0:12:41`: the running cycle, else how many there were. */
export function phaseWords(phase: Step, current: PhaseMark | undefined, time: string): string {
  const cycle = phase === 'test' && current && current.cycle > 0 ? ` ${current.cycle}` : '';
  return `${phase}${cycle}${time === '' ? '' : ` ${time}`}`;
}

/** The phases as they stood at a moment of a recording. */
export function phasesUntil(phases: PhaseState, elapsedMs: number): PhaseState {
  return { ...phases, marks: phases.marks.filter((mark) => mark.elapsedMs <= elapsedMs) };
}
