import { setTimeout as sleep } from 'node:timers/promises';
import { CoralError, throwIfCancelled } from '../../base/errors';
import type { ObjectStore, Upload, UploadStart, Written } from './objectStore';

const mebibyte = 1024 * 1024;
const minPartBytes = 8 * mebibyte;
const partConcurrency = 4;
const maxParts = 10_000;
/** Longest time to wait for the server to forget the parts of an upload that is given up; it goes on in the background. */
const abortMs = 700;

/** Largest object sent in one request, in bytes; it is held in memory. */
export const singlePutBytes = 2 * minPartBytes;
/** Memory that sending one larger object of `size` bytes takes at most. */
export const uploadMemory = (size: number): number => (partConcurrency + 2) * partBytes(size);

export interface SendOptions extends UploadStart {
  /** bytes of the object, more or less: sets the size of the parts */
  readonly sizeHint: number;
  /** Done before the object becomes visible; when it fails, the object is not sent. */
  readonly beforeVisible?: (() => Promise<void>) | undefined;
}

/**
 * Writes one object from a stream, all or nothing: up to 16 MiB in one request, else in parts. When the stream, the network
 * or the signal ends it early, nothing can be seen under the key and no part is left behind. A kill leaves parts, which are not sent again.
 */
export async function sendObject(
  objects: ObjectStore, key: string, bytes: AsyncIterable<Uint8Array>, options: SendOptions, signal?: AbortSignal,
): Promise<Written> {
  const parts = partsOf(bytes, partBytes(options.sizeHint));
  const first: Uint8Array[] = [];
  let length = 0;
  for (let next = await parts.next(); ; next = await parts.next()) {
    if (next.done) break;
    first.push(next.value);
    length += next.value.byteLength;
    if (length > singlePutBytes) return sendInParts(objects, key, first, parts, options, signal);
  }
  await options.beforeVisible?.();
  const [whole = new Uint8Array()] = first.length > 1 ? [Buffer.concat(first)] : first;
  return objects.put(key, whole, options, signal);
}

async function sendInParts(
  objects: ObjectStore, key: string, first: Uint8Array[], rest: AsyncIterable<Uint8Array>, options: SendOptions, signal?: AbortSignal,
): Promise<Written> {
  const upload = await objects.upload(key, options, signal);
  let size: number;
  try {
    const sent = await sendParts(upload, following(first, rest), signal);
    size = sent.size;
    await options.beforeVisible?.();
    await upload.complete(sent.tags, signal);
  } catch (error) {
    await Promise.race([upload.abort().catch(() => undefined), sleep(abortMs)]);
    throw error;
  }
  return checkStored(objects, key, size, options, signal);
}

async function sendParts(
  upload: Upload, parts: AsyncIterable<Uint8Array>, signal?: AbortSignal,
): Promise<{ tags: string[]; size: number }> {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const underWay = new Set<Promise<void>>();
  const tags: string[] = [];
  let size = 0;
  let count = 0;
  try {
    for await (const part of parts) {
      throwIfCancelled(signal);
      const number = count += 1;
      size += part.byteLength;
      const held = upload.holds(number, part);
      if (held !== undefined) {
        tags[number - 1] = held;
        continue;
      }
      // A failed part stays in the set, so that the next wait throws its error.
      const sent = upload.part(number, part, stop.signal).then((tag) => {
        tags[number - 1] = tag;
        underWay.delete(sent);
      });
      sent.catch(() => undefined);
      underWay.add(sent);
      if (underWay.size >= partConcurrency) await Promise.race(underWay);
    }
    await Promise.all(underWay);
    return { tags, size };
  } catch (error) {
    stop.abort();
    await Promise.allSettled(underWay);
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** A resumed upload may have been begun with other metadata. */
async function checkStored(
  objects: ObjectStore, key: string, size: number, { metadata = {} }: SendOptions, signal?: AbortSignal,
): Promise<Written> {
  const stored = await objects.head(key, signal);
  const isSame = !objects.capabilities.userMetadata
    || Object.entries(metadata).every(([name, value]) => stored?.metadata?.[name] === value);
  if (stored?.size === size && isSame) return stored;
  await objects.delete([key], signal);
  if (!isSame && stored?.size === size) {
    throw new CoralError('conflict', `${key} at ${objects.location} was being sent by another program too. Try again.`);
  }
  const what = `${objects.location} kept ${stored?.size ?? 0} of ${size} bytes of ${key}; it was removed again`;
  throw new CoralError('corrupt', `${what}. Try again, or use another server.`);
}

/** The same bytes in pieces of `size`; the last may be shorter. */
async function* partsOf(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array, void> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const block of bytes) {
    for (let start = 0; start < block.byteLength;) {
      const taken = block.subarray(start, start + size - length);
      held.push(taken);
      length += taken.byteLength;
      start += taken.byteLength;
      if (length < size) continue;
      yield Buffer.concat(held, length);
      held = [];
      length = 0;
    }
  }
  if (length > 0) yield Buffer.concat(held, length);
}

async function* following(first: Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for (let part = first.shift(); part; part = first.shift()) yield part;
  yield* rest;
}

/** Parts are 8 MiB each, of equal size as some servers demand, and larger where 10,000 of them would not do. */
function partBytes(size: number): number {
  const needed = Math.ceil((size * 1.01) / maxParts / mebibyte) * mebibyte;
  return Math.max(minPartBytes, needed);
}
