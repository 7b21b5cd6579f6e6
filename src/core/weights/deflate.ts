import { constants, createGunzip, createInflateRaw, deflateRawSync, type Gunzip, type InflateRaw } from 'node:zlib';
import { CoralError } from '../base/errors';
import { ByteReader } from './byteReader';
import { describeContent } from './describeContent';

const chunkSize = 64 * 1024;

/** What raw deflate data in `reader` inflates to. Takes no byte beyond the end of that data from the reader. */
export function inflatedRaw(reader: ByteReader): AsyncGenerator<Uint8Array, void> {
  return inflated(reader, createInflateRaw({ chunkSize }), 'deflate data');
}

/** What gzip data inflates to: any number of members; zero bytes after one are padding, anything else there is "corrupt". */
export async function* gunzipped(bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const reader = new ByteReader(bytes, signal);
  try {
    const start = await reader.peek(512);
    if (start[0] !== 0x1f || start[1] !== 0x8b) {
      throw new CoralError('corrupt', `The data should be gzip data, but ${describeContent(start)}. Restore it from another copy.`);
    }
    do yield* inflated(reader, createGunzip({ chunkSize }), 'gzip data');
    while (await skipZeros(reader));
  } finally {
    reader.close();
  }
}

/** Whether anything follows the zeros. */
async function skipZeros(reader: ByteReader): Promise<boolean> {
  for (;;) {
    const bytes = await reader.some();
    if (bytes === undefined) return false;
    const start = bytes.findIndex((byte) => byte !== 0);
    if (start < 0) continue;
    reader.unread(bytes.subarray(start));
    return true;
  }
}

async function* inflated(reader: ByteReader, inflate: InflateRaw | Gunzip, what: string): AsyncGenerator<Uint8Array, void> {
  const feeding = feed(reader, inflate);
  feeding.catch((error: unknown) => inflate.destroy(CoralError.from(error, 'network')));
  try {
    for await (const chunk of inflate) yield chunk as Uint8Array;
    await feeding;
  } catch (error) {
    throw CoralError.is(error) ? error : damaged(error, what);
  } finally {
    inflate.destroy();
  }
}

/**
 * Writes to `inflate` until it leaves bytes unused or is destroyed, then gives those bytes back. What leaves bytes has found the end of its
 * data, and is told that no more come: were it to stop anywhere else, that makes it fail. (Newer Nodes do not destroy it by themselves.)
 */
async function feed(reader: ByteReader, inflate: InflateRaw | Gunzip): Promise<void> {
  let stop = (): void => undefined;
  inflate.once('close', () => { stop(); });
  for (let fed = 0; !inflate.destroyed;) {
    const chunk = await reader.some();
    if (chunk === undefined) break;
    fed += chunk.byteLength;
    // A stream that is destroyed never calls back for the chunk it was at; its 'close' does.
    await new Promise<void>((resolve) => {
      stop = resolve;
      inflate.write(chunk, () => { resolve(); });
    });
    const unused = fed - inflate.bytesWritten;
    if (unused === 0) continue;
    reader.unread(chunk.subarray(chunk.byteLength - unused));
    break;
  }
  inflate.end();
}

function damaged(error: unknown, what: string): CoralError {
  const cutOff = (error as { errno?: number }).errno === constants.Z_BUF_ERROR;
  const problem = cutOff ? `is cut off: it ends within ${what}` : `is damaged: its ${what} cannot be inflated (${CoralError.from(error).message})`;
  return new CoralError('corrupt', `The data ${problem}. Restore it from another copy.`, {}, { cause: error });
}

export const deflateLevel = 1;
const sampleBytes = 256 * 1024;
/**
 * Trained floats lose 7 to 8 % of their size, which is not worth holding back an upload for; masks, zeros, quantized and
 * padded tensors lose a quarter and more. Anything between the two tells them apart.
 */
const worthwhile = 0.85;

/** Whether data that begins like `sample` should be deflated: it tries the first 256 KiB. */
export function deflatePays(sample: Uint8Array): boolean {
  const tried = sample.subarray(0, sampleBytes);
  return deflateRawSync(tried, { level: deflateLevel }).byteLength < tried.byteLength * worthwhile;
}
