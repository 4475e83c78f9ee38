import { COUNTER_COLUMNS, type PoolSnapshot } from '../pool/snapshot.ts';

const NUMBER_BYTES = Float64Array.BYTES_PER_ELEMENT;

/**
 * One snapshot in memory that the recorder's thread shares: handed over it is neither packed nor copied again, which would
 * leave half a megabyte to be collected after each sample of a usual pool. Who puts the next one in must know that the last was
 * taken.
 */
export class SharedSnapshot {
  #memory = new SharedArrayBuffer(0);
  /** Tags that the memory has room for. */
  #room = 0;

  /** The snapshot, with columns in shared memory that hold until the next call. */
  put(snapshot: PoolSnapshot): PoolSnapshot {
    const { tags } = snapshot;
    if (tags.length > this.#room) {
      // A pool's tags grow slowly.
      this.#room = Math.ceil(1.1 * tags.length);
      const { BYTES_PER_ELEMENT: tagBytes } = Uint32Array;
      this.#memory = new SharedArrayBuffer(this.#room * (COUNTER_COLUMNS.length * NUMBER_BYTES + tagBytes));
    }
    const shared = {
      ...snapshot,
      tags: new Uint32Array(this.#memory, COUNTER_COLUMNS.length * this.#columnBytes, tags.length),
    };
    shared.tags.set(tags);
    for (const [i, name] of COUNTER_COLUMNS.entries()) {
      shared[name] = new Float64Array(this.#memory, i * this.#columnBytes, tags.length);
      shared[name].set(snapshot[name]);
    }
    return shared;
  }

  get #columnBytes(): number {
    return this.#room * NUMBER_BYTES;
  }
}
