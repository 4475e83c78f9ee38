import type { AllocationSite } from '../../language/protocol.ts';
import { castSites, type Scenario } from './scenario.ts';
import { SimulatedKernel } from './simulatedKernel.ts';
import { clampInterval, type PoolSource, type SourceListener } from './source.ts';

/** The same pool on every run, so that what people and tests see can be told apart from chance. */
const SEED = 20260101;
/** Time simulated before the first sample: sites reach their ordinary level, so that a start does not look like growth. */
const WARM_UP_MS = 8_000;
/** One simulated step at the most: a longer wait is cut into several. */
const STEP_MS = 250;

/** The simulated kernel as a source: what it shows follows the workspace's allocation sites and scenario. */
export class SimulatedSource implements PoolSource {
  readonly kind = 'simulated';
  private readonly kernel = new SimulatedKernel(SEED);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private intervalMs = 1000;
  private lastMs = 0;
  private warm = false;
  private driver = '';
  private readonly listener: SourceListener;
  private readonly warn: (message: string) => void;
  private warned = '';

  constructor(listener: SourceListener, warn: (message: string) => void) {
    this.listener = listener;
    this.warn = warn;
  }

  get label(): string {
    return this.driver ? `Simulated kernel (${this.driver})` : 'Simulated kernel';
  }

  /** The workspace's sites and scenario, again whenever either changed. */
  setCast(sites: readonly AllocationSite[], scenario: Scenario | undefined): void {
    const cast = castSites(sites, scenario);
    this.driver = scenario?.driver ?? '';
    const lost = cast.unmatched.map(
      (part) => `${part.function}${part.routine ? `/${part.routine}` : ''} #${part.index}`,
    );
    const warning = lost.length > 0 ? `Scenario: no allocation site answers to ${lost.join(', ')}.` : '';
    if (warning && warning !== this.warned) this.warn(warning);
    this.warned = warning;
    this.kernel.setSites(cast.sites);
  }

  start(intervalMs: number): void {
    this.stop();
    this.intervalMs = clampInterval(intervalMs);
    this.lastMs = performance.now();
    if (!this.warm) {
      this.warm = true;
      this.advance(WARM_UP_MS);
    }
    this.listener.state({ kind: 'live' });
    this.tick();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  setInterval(intervalMs: number): void {
    this.intervalMs = clampInterval(intervalMs);
  }

  dispose(): void {
    this.stop();
  }

  private advance(ms: number): void {
    for (let left = ms; left > 0; left -= STEP_MS) this.kernel.step(Math.min(left, STEP_MS));
  }

  private tick(): void {
    const now = performance.now();
    this.advance(now - this.lastMs);
    this.lastMs = now;
    this.listener.sample(this.kernel.snapshot(Date.now(), now));
    this.timer = setTimeout(() => this.tick(), this.intervalMs);
  }
}
