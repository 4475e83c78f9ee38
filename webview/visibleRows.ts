/** Tells the host which rows are on screen: it sends trend lines for them, and for those of the selected tag, alone. */
import type { Host } from './host.ts';

const DELAY_MS = 120;

export class VisibleRows {
  readonly #host: Host;
  /** The ids that count, in any order. */
  readonly #idsNow: () => Iterable<number>;
  #told = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host, idsNow: () => Iterable<number>) {
    this.#host = host;
    this.#idsNow = idsNow;
  }

  /** The host knows nothing any more: a new snapshot came. */
  forget(): void {
    this.#told = '';
  }

  /** Tells it once nothing moved for a moment, where it is new. */
  tell(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const ids = [...new Set(this.#idsNow())].sort((a, b) => a - b);
      const key = ids.join();
      if (key === this.#told) return;
      this.#told = key;
      this.#host.send({ type: 'visibleRows', ids });
    }, DELAY_MS);
  }
}
