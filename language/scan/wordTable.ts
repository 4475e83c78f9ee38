/** Words of texts, each made into a string once: files share most of them. */

/** With more words the table starts anew: numbers are for one moment only. */
const MOST_WORDS = 1 << 16;

const latin1 = new TextDecoder('latin1');

export class WordTable {
  readonly #traitsOf: (word: string) => number;
  #strings: string[] = [];
  #traits: number[] = [];
  /** Numbers by hash, plus one; twice as many places as words, so that the search for a free one is short. */
  readonly #places = new Int32Array(2 * MOST_WORDS);

  /** `traitsOf`: what is to be known of each word, as bits. */
  constructor(traitsOf: (word: string) => number) {
    this.#traitsOf = traitsOf;
  }

  /** The number of an ASCII word, until the next call. */
  numberOf(codes: Uint8Array, start: number, end: number): number {
    let hash = end - start;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ codes[i], 0x01000193);
    const places = this.#places;
    const mask = places.length - 1;
    let place = (hash ^ (hash >>> 15)) & mask;
    for (; places[place] !== 0; place = (place + 1) & mask) {
      const number = places[place] - 1;
      if (this.#isAt(this.#strings[number], codes, start, end)) return number;
    }
    if (this.#strings.length >= MOST_WORDS) {
      places.fill(0);
      this.#strings = [];
      this.#traits = [];
      place = (hash ^ (hash >>> 15)) & mask;
    }
    const word = latin1.decode(codes.subarray(start, end));
    places[place] = this.#strings.push(word);
    this.#traits.push(this.#traitsOf(word));
    return this.#strings.length - 1;
  }

  string(number: number): string {
    return this.#strings[number];
  }

  traits(number: number): number {
    return this.#traits[number];
  }

  #isAt(word: string, codes: Uint8Array, start: number, end: number): boolean {
    if (word.length !== end - start) return false;
    for (let i = 0; i < word.length; i++) if (word.charCodeAt(i) !== codes[start + i]) return false;
    return true;
  }
}
