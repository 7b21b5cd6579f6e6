import { createHash } from 'node:crypto';

const known = new WeakMap<Uint8Array, Buffer>();

/** Digest of bytes that nobody changes: it is wanted before they are sent and after, and computed once. */
export function md5Of(bytes: Uint8Array): Buffer {
  const found = known.get(bytes);
  if (found !== undefined) return found;
  const digest = createHash('md5').update(bytes).digest();
  known.set(bytes, digest);
  return digest;
}

/** The tag that S3 gives to an object: its MD5, or of one sent in parts the MD5 of their MD5s and how many they are. Some encrypted buckets give others. */
export function usualTag(parts: readonly Buffer[], inParts: boolean): string {
  const [only] = parts;
  if (!inParts && only !== undefined) return only.toString('hex');
  return `${createHash('md5').update(Buffer.concat(parts)).digest('hex')}-${parts.length}`;
}

export const bareTag = (tag: string): string => tag.replace(/^"|"$/g, '').toLowerCase();
