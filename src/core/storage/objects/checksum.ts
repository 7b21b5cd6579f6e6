import { createHash } from 'node:crypto';

/** Checksums of an object's bytes, known without reading them, in lower-case hex; all may be absent. */
export interface Checksum {
  /** MD5 of all bytes */
  readonly md5?: string | undefined;
  /** of an object sent in parts: the MD5 of the MD5s of its parts, and their number: "HEX-3" */
  readonly partsMd5?: string | undefined;
  /** CRC32C of all bytes, big-endian: "e3069283" */
  readonly crc32c?: string | undefined;
}

/** Whether two agree in at least one kind. False proves nothing: a server may say nothing, or something that is no checksum. */
export function agree(one: Checksum, other: Checksum): boolean {
  return (['md5', 'partsMd5', 'crc32c'] as const).some((kind) => one[kind] !== undefined && one[kind] === other[kind]);
}

/** Whether what a server says proves that an object has exactly these bytes. */
export function isKnownToHold(found: Checksum & { readonly size: number }, bytes: Uint8Array): boolean {
  if (found.size !== bytes.byteLength) return false;
  if (found.md5 !== undefined) return found.md5 === md5Of(bytes).toString('hex');
  return found.crc32c !== undefined && found.crc32c === crc32cOf(bytes);
}

const digests = new WeakMap<Uint8Array, Buffer>();

/** MD5 of bytes that never change: needed before and after sending, computed once. */
export function md5Of(bytes: Uint8Array): Buffer {
  const found = digests.get(bytes);
  if (found !== undefined) return found;
  const digest = createHash('md5').update(bytes).digest();
  digests.set(bytes, digest);
  return digest;
}

export function partsMd5Of(parts: readonly Buffer[]): string {
  return `${createHash('md5').update(Buffer.concat(parts)).digest('hex')}-${parts.length}`;
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

/** @param before the CRC32C of the bytes before these */
export function crc32cOf(bytes: Uint8Array, before = '00000000'): string {
  let crc = ~parseInt(before, 16);
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  return (~crc >>> 0).toString(16).padStart(8, '0');
}
