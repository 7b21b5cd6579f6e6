import type { RecordStore } from '../history/recordStore';

/** What was read of a commit or version, and the bytes it was read from. */
export interface Recorded<T> {
  readonly value: T;
  readonly bytes: Uint8Array;
}

interface Remembered extends Recorded<unknown> {
  readonly stamp: string | undefined;
}

const maxBytes = 64 * 1024 * 1024;

/**
 * Records that were read and found sound, by place, so that looking again neither reads what a listing shows to be unchanged nor checks
 * the same bytes twice. Holds those that were used last, up to `maxBytes`.
 */
export class RememberedRecords {
  readonly #records = new Map<string, Remembered>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(limit = maxBytes) {
    this.#maxBytes = limit;
  }

  /** undefined when there is none. @param verify throws for bytes that are damaged; always the same one for a place */
  async read<T>(
    records: RecordStore, id: string, verify: (bytes: Uint8Array, path: string, id: string) => T, signal?: AbortSignal,
  ): Promise<Recorded<T> | undefined> {
    const place = records.pathOf(id);
    const stamp = records.stampOf?.(id);
    const known = this.#records.get(place) as (Remembered & Recorded<T>) | undefined;
    if (known !== undefined && stamp !== undefined && known.stamp === stamp) {
      this.#keep(place, known);
      return known;
    }
    const bytes = await records.read(id, signal);
    if (bytes === undefined) return undefined;
    const isSame = known !== undefined && Buffer.compare(known.bytes, bytes) === 0;
    const record = isSame ? { ...known, stamp } : { bytes, value: verify(bytes, place, id), stamp };
    this.#keep(place, record);
    return record;
  }

  /** As the one used last. */
  #keep(place: string, record: Remembered): void {
    this.#forget(place);
    if (record.bytes.byteLength > this.#maxBytes) return;
    this.#records.set(place, record);
    this.#bytes += record.bytes.byteLength;
    for (const oldest of this.#records.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#forget(oldest);
    }
  }

  #forget(place: string): void {
    this.#bytes -= this.#records.get(place)?.bytes.byteLength ?? 0;
    this.#records.delete(place);
  }
}

/** Shared by all that looks in this process. */
export const remembered = new RememberedRecords();
