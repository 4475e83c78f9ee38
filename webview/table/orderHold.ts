/** Rows stand still under the hand: no new order while the pointer is over the rows or keys were just used in them. */

/** How long a key in the table holds the order, milliseconds. */
export const KEY_HOLD_MS = 3000;

export class OrderHold {
  #pointerInside = false;
  #lastKey = Number.NEGATIVE_INFINITY;

  pointer(inside: boolean): void {
    this.#pointerInside = inside;
  }

  /** `now` is on a clock that never jumps, milliseconds. */
  key(now: number): void {
    this.#lastKey = now;
  }

  isHeld(now: number): boolean {
    return this.#pointerInside || now - this.#lastKey < KEY_HOLD_MS;
  }

  /** Milliseconds until the keys let go; 0 when they have. */
  keyTimeLeft(now: number): number {
    return Math.max(0, KEY_HOLD_MS - (now - this.#lastKey));
  }
}
