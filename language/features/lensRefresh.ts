/** Has lenses drawn anew when they would look otherwise, and not too often: they move the text below them. */

/** Time between two refreshes, milliseconds. */
const REFRESH_MS = 2000;

export class LensRefresh {
  readonly #fingerprint: () => string;
  readonly #refresh: () => void;
  #timer: NodeJS.Timeout | null = null;
  #refreshedAt = 0;
  #shown = '';

  /** `fingerprint`: equal as long as lenses look the same. */
  constructor(fingerprint: () => string, refresh: () => void) {
    this.#fingerprint = fingerprint;
    this.#refresh = refresh;
  }

  /** Something changed that lenses may show. */
  schedule(): void {
    if (this.#timer) return;
    const wait = Math.max(0, this.#refreshedAt + REFRESH_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      const shown = this.#fingerprint();
      if (shown === this.#shown) return;
      this.#shown = shown;
      this.#refreshedAt = performance.now();
      this.#refresh();
    }, wait);
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
