import { createXXHash3, type IHasher } from 'hash-wasm';
import { CoralError } from '../base/errors';
import type { BlockSource } from './blocks';
import { byteLengthOf } from './dtype';
import { xxh3 } from './xxh3';

/** What is hashed before the elements: the shape as Python prints the tuple, then numpy's name of the dtype. */
function prefix(shape: readonly number[], dtype: string): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape.join()},)` : `(${shape.join(', ')})`;
  return Buffer.from(tuple + dtype, 'latin1');
}

/** Hashers that are free: a new one costs a WebAssembly instance. Never more than were at work at once. */
const free: IHasher[] = [];

/** The content hash of a weight whose bytes come block by block: create, update with each, digest once. */
export class ContentHasher {
  #hasher: IHasher | undefined;

  private constructor(hasher: IHasher) {
    this.#hasher = hasher;
  }

  static create(shape: readonly number[], dtype: string): Promise<ContentHasher> {
    return ContentHasher.after(prefix(shape, dtype));
  }

  /** A hasher that has taken in these bytes already. */
  static async after(start: Uint8Array): Promise<ContentHasher> {
    const hasher = free.pop() ?? await createXXHash3();
    hasher.init().update(start);
    return new ContentHasher(hasher);
  }

  /** C order, in the byte order in which the weight is stored. */
  update(block: Uint8Array): void {
    this.#used().update(block);
  }

  /** 16 lower-case hex digits; the hasher is of no use afterwards. */
  digest(): string {
    const hasher = this.#used();
    this.#hasher = undefined;
    const hash = hasher.digest();
    free.push(hasher);
    return hash;
  }

  #used(): IHasher {
    if (this.#hasher === undefined) throw new Error('This hasher has given its digest already.');
    return this.#hasher;
  }
}

/** xxh3-64 over shape, dtype and elements (C order, stored byte order); the name is not part of it. 16 lower-case hex digits. */
export async function contentHash(
  shape: readonly number[], dtype: string, blocks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<string> {
  const hasher = await ContentHasher.create(shape, dtype);
  for await (const block of blocks) hasher.update(block);
  return hasher.digest();
}

/** The same for data in memory, which it copies once: for small weights. */
export function contentHashSync(shape: readonly number[], dtype: string, data: Uint8Array): string {
  return xxh3(Buffer.concat([prefix(shape, dtype), data])).toString(16).padStart(16, '0');
}

interface Hashed {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly hash: string;
}

/** Passes the blocks through and ends with reason "corrupt", before completing, unless they are exactly what the hash names. */
export function verified({ name, shape, dtype, hash }: Hashed, source: BlockSource): BlockSource {
  const damaged = (what: string): CoralError => new CoralError(
    'corrupt', `The data of weight "${name}" (${hash}) is damaged: ${what}. Restore it from another copy.`, { hash });
  return verifiedBlocks(source, { hash, start: prefix(shape, dtype), bytes: byteLengthOf(shape, dtype), of: 'its shape and dtype', damaged });
}

/** What blocks must be: so many bytes that hash to `hash` between `start` and `end`. */
interface Expected {
  readonly hash: string;
  readonly start: Uint8Array;
  readonly end?: Uint8Array;
  readonly bytes: number;
  /** for people: what says how many bytes there are */
  readonly of: string;
  readonly damaged: (what: string) => CoralError;
}

/** The same for any blocks; throws what `damaged` makes of the reason. */
export function verifiedBlocks(source: BlockSource, { hash, start, end, bytes: expected, of, damaged }: Expected): BlockSource {
  return async function* (signal) {
    // Created late: of many sources that wait for their first block, none has a hasher.
    let hasher: ContentHasher | undefined;
    let bytes = 0;
    for await (const block of source(signal)) {
      bytes += block.byteLength;
      if (bytes > expected) throw damaged(`it has more than the ${expected} bytes of ${of}`);
      hasher ??= await ContentHasher.after(start);
      hasher.update(block);
      yield block;
    }
    if (bytes < expected) throw damaged(`it has ${bytes} of ${expected} bytes`);
    hasher ??= await ContentHasher.after(start);
    if (end !== undefined) hasher.update(end);
    const found = hasher.digest();
    if (found !== hash) throw damaged(`its content hashes to ${found}`);
  };
}
