/** Bytes as a stream, in chunks of the given sizes over and over. */
export async function* chunked(data: Uint8Array, ...sizes: number[]): AsyncGenerator<Uint8Array, void> {
  await Promise.resolve();
  for (let at = 0, turn = 0; at < data.byteLength; turn += 1) {
    const size = sizes[turn % sizes.length] ?? data.byteLength;
    yield data.subarray(at, at + size);
    at += size;
  }
}

export async function collect(blocks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const block of blocks) parts.push(block);
  return Buffer.concat(parts);
}

/** The same numbers in every run, from 0 up to but without `below`. */
export function pseudoRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x100000000) * below);
  };
}

export function noise(length: number, seed = 1): Uint8Array {
  const random = pseudoRandom(seed);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 1) bytes[at] = random(256);
  return bytes;
}
