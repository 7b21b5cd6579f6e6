import { crc32 } from 'node:zlib';
import { CoralError } from '../base/errors';
import { ByteReader } from './byteReader';
import { type ByteOrder, byteLengthOf } from './dtype';
import { fortranToC } from './fortranToC';
import { inflatedRaw } from './deflate';
import { type NpyHeader, npyHeader, readNpyHeader } from './npy';
import { slices } from './blocks';
import { damaged, expectEndOfZip, findMember, type Member, firstMember, readDescriptorCrc } from './zipReader';
import { type ShortMember, zipOfOne } from './zipOfOne';

/** The one member of a weight's npz file, as numpy.savez(file, data=array) names it. */
const arrayName = 'data.npy';

/** An array whose elements are not read yet. */
export interface NpzArray {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly byteOrder: ByteOrder;
  /** whether its bytes are compressed within the file */
  readonly deflated: boolean;
  /**
   * The elements in C order, at most 8 MiB a block; blocks may end within an element. Can be had once. Ends with reason
   * "corrupt", before completing, when the file is damaged or cut off anywhere.
   */
  blocks(): AsyncIterable<Uint8Array>;
  /** Lets go of the source; needed only when `blocks` is not read. */
  close(): void;
}

/**
 * Reads `data.npy` from an npz file as it arrives. Holds no more than a block, except for an array in Fortran order. Inflates no
 * more than the array's header promises. Errors: "corrupt" (says what was found instead), "unsupported", "cancelled", and the source's own.
 */
export async function readNpz(bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<NpzArray> {
  const file = new ByteReader(bytes, signal);
  try {
    const member = await findMember(file, arrayName);
    const content = member.deflated ? new ByteReader(inflatedRaw(file), signal) : file;
    const close = (): void => {
      content.close();
      file.close();
    };
    try {
      const header = await readNpyHeader(content);
      checkSize(member, header.bytes.byteLength + byteLengthOf(header.shape, header.dtype));
      const { shape, dtype, byteOrder } = header;
      return { shape, dtype, byteOrder, deflated: member.deflated, close, blocks: () => elements({ file, content, member, header, close }) };
    } catch (error) {
      content.close();
      throw error;
    }
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * The content of the member `name`, of at most `longest` bytes, which lies before the array; undefined when another one comes first.
 * Reads no more of the file than that.
 */
export async function readShortMember(
  bytes: AsyncIterable<Uint8Array>, name: string, maxBytes: number, signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  const file = new ByteReader(bytes, signal);
  try {
    const member = await firstMember(file);
    if (member.name !== name) return undefined;
    if (member.deflated || member.size === undefined || member.size > maxBytes) throw damaged(`${name} is not stored in at most ${maxBytes} bytes`);
    const content = await file.exactly(member.size, name);
    if (crc32(content) !== member.crc) throw damaged(`the checksum of ${name} does not match`);
    return content;
  } finally {
    file.close();
  }
}

function checkSize(member: Member, expected: number): void {
  if (member.size !== undefined && member.size !== expected) {
    throw damaged(`${arrayName} has ${member.size} bytes, but its header describes ${expected}`);
  }
}

interface OpenArray {
  readonly file: ByteReader;
  /** the member's own bytes, inflated: `file` itself when it is stored */
  readonly content: ByteReader;
  readonly member: Member;
  readonly header: NpyHeader & { readonly bytes: Uint8Array };
  readonly close: () => void;
}

async function* elements({ file, content, member, header, close }: OpenArray): AsyncGenerator<Uint8Array, void> {
  try {
    const { shape, dtype, fortranOrder } = header;
    let crc = crc32(header.bytes);
    const checked = async function* (): AsyncGenerator<Uint8Array, void> {
      for await (const part of content.take(byteLengthOf(shape, dtype), 'its elements')) {
        crc = crc32(part, crc);
        yield part;
      }
    };
    if (fortranOrder && shape.length > 1) yield* fortranToC(checked(), shape, dtype);
    else for await (const part of checked()) yield* slices(part);
    if (member.deflated && await content.some() !== undefined) throw damaged('it inflates to more than its npy header describes');
    if (crc !== (member.crc ?? await readDescriptorCrc(file, crc))) throw damaged(`the checksum of ${arrayName} does not match`);
    await expectEndOfZip(file);
  } finally {
    close();
  }
}

interface NpzOptions {
  /** Whether to compress; see `deflatePays`. */
  readonly deflate: boolean;
  /** members to be put before the array */
  readonly before?: readonly ShortMember[] | undefined;
}

interface NpzFile {
  /** bytes of the whole file; undefined when it is deflated, which only the end tells */
  readonly size: number | undefined;
  /** Can be had once. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * An npz file with the member data.npy that numpy.load and Coral's Python tool read. `blocks` are the elements in C order and
 * `byteOrder`; when they are not as many as the shape says, `bytes` ends with reason "corrupt". Equal blocks give equal files.
 */
export function writeNpz(
  shape: readonly number[], dtype: string, byteOrder: ByteOrder,
  blocks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, options: NpzOptions, signal?: AbortSignal,
): NpzFile {
  const header = npyHeader(shape, dtype, byteOrder);
  const size = byteLengthOf(shape, dtype);
  const content = async function* (): AsyncGenerator<Uint8Array, void> {
    yield header;
    let written = 0;
    for await (const block of blocks) {
      written += block.byteLength;
      if (written > size) break;
      yield block;
    }
    if (written !== size) {
      throw new CoralError(
        'corrupt', `The weight was not written: its shape and dtype need ${size} bytes, and its data has `
        + `${written > size ? 'more' : written}.`);
    }
  };
  return zipOfOne(arrayName, header.byteLength + size, content(), options.deflate, signal, options.before);
}
