/** Where a weight's bytes come from: C order, stored byte order, at most 8 MiB a block. Every call starts over. */
export type BlockSource = (signal?: AbortSignal) => AsyncIterable<Uint8Array>;

/** Largest block that flows through core, in bytes. */
export const blockBytes = 8 * 1024 * 1024;

export function* slices(data: Uint8Array, size = blockBytes): Iterable<Uint8Array> {
  for (let start = 0; start < data.byteLength; start += size) yield data.subarray(start, start + size);
}
