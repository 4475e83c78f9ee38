/** A repeatable source of random numbers (mulberry32) with the distributions that the families need. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to 1. */
  unit(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }

  /** Evenly over the orders of magnitude from low to high. */
  scale(low: number, high: number): number {
    return low * (high / low) ** this.unit();
  }

  chance(share: number): boolean {
    return this.unit() < share;
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.unit() * from.length)];
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
  }

  /** How many events of a mean number happen. */
  poisson(mean: number): number {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    let product = this.unit();
    let count = 0;
    for (const limit = Math.exp(-mean); product > limit; count++) product *= this.unit();
    return count;
  }

  /** How many of `count` things happen to which each happens with this probability. */
  binomial(count: number, probability: number): number {
    if (count <= 0 || probability <= 0) return 0;
    if (probability >= 1) return count;
    const variance = count * probability * (1 - probability);
    if (variance > 25) {
      return Math.min(count, Math.max(0, Math.round(count * probability + Math.sqrt(variance) * this.normal())));
    }
    if (probability > 0.5) return count - this.binomial(count, 1 - probability);
    if (count * probability < 20 && count > 60) return Math.min(count, this.poisson(count * probability));
    let hits = 0;
    for (let i = 0; i < count; i++) if (this.unit() < probability) hits++;
    return hits;
  }
}
