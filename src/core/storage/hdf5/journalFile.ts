import { fstatSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { type FileIdentity, identityBytes, readIdentity } from './fileIdentity';
import { readAt } from './superblock';

/**
 * How the rollback journal of weights.h5 is laid out.
 *
 *   header    "CORALJ04", u64 old end of the file, u64 position in the file of the number that says so, that number, what tells
 *             the file from all others (fileIdentity.ts), u32 crc
 *   state     u8: 1 once all is written and durable, else 0
 *   records   u64 position, u32 length, u8 0 for the old bytes or 1 for those that are about to replace them, u32 crc, the bytes
 *
 * "CORALJ03", of the version before, has 16 bytes of the system's boot id in the place of the file's identity, and a state that
 * says less: 1 once all is written, whether durable or not.
 */
export const journalPath = (path: string): string => `${path}.journal`;

const family = 'CORALJ';
const magic = `${family}04`;
const previousMagic = `${family}03`;
const fixedBytes = 32;
const bootBytes = 16;
const headerBytes = fixedBytes + identityBytes + 4;
export const recordsAt = headerBytes + 1;
export const stateAt = headerBytes;
export const writtenByte = Buffer.of(1);
export const unfinishedByte = Buffer.of(0);
const recordHead = 17;
/** What is saved are pages of the file. */
export const pageBytes = 4096;

/** Where the file ended before, and where in it HDF5 keeps that number. */
export interface OldEnd {
  readonly end: number;
  readonly endPosition: number;
}

export interface Header extends OldEnd {
  /** the number at `endPosition`, as it was */
  readonly oldNumber: Buffer;
  /** undefined in a journal of the version before */
  readonly identity: FileIdentity | undefined;
  readonly written: boolean;
}

/** Bytes that the journal saves. */
export interface Saved {
  readonly position: number;
  readonly isOld: boolean;
  readonly bytes: Buffer;
}

export interface WholeJournal {
  readonly kind: 'whole';
  readonly header: Header;
  /** Read anew each time they are gone through: they may be more than memory holds. */
  readonly records: Iterable<Saved>;
}

/** "begun": its header was not completed, so that nothing can have been overwritten. */
type JournalFile = WholeJournal | { readonly kind: 'begun' } | { readonly kind: 'strange' } | { readonly kind: 'unsupported' };

export function encodeHeader({ end, endPosition }: OldEnd, oldNumber: Buffer, identity: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write(magic, 'latin1');
  header.writeBigUInt64LE(BigInt(end), 8);
  header.writeBigUInt64LE(BigInt(endPosition), 16);
  oldNumber.copy(header, 24);
  identity.copy(header, fixedBytes);
  header.writeUInt32LE(crc32(header.subarray(0, headerBytes - 4)), headerBytes - 4);
  return Buffer.concat([header, unfinishedByte]);
}

export function encodeRecord(position: number, isOld: boolean, bytes: Buffer): Buffer {
  const head = Buffer.alloc(recordHead);
  head.writeBigUInt64LE(BigInt(position));
  head.writeUInt32LE(bytes.byteLength, 8);
  head.writeUInt8(isOld ? 0 : 1, 12);
  head.writeUInt32LE(crc32(bytes, crc32(head.subarray(0, 13))), 13);
  return Buffer.concat([head, bytes]);
}

/** What a file in the place of a journal turns out to be. */
export function readJournal(fd: number): JournalFile {
  const head = readAt(fd, 0, recordsAt);
  const name = head.toString('latin1', 0, magic.length);
  const crcAt = name === previousMagic ? fixedBytes + bootBytes : headerBytes - 4;
  // It is written at once, into one sector: a kill or a power cut leaves a part of it, or zeros.
  const isCut = head.byteLength < crcAt + 5 && (magic.startsWith(name) || previousMagic.startsWith(name));
  if (isCut || head.every((byte) => byte === 0)) return { kind: 'begun' };
  if (name !== magic && name !== previousMagic) return { kind: name.startsWith(family) ? 'unsupported' : 'strange' };
  if (crc32(head.subarray(0, crcAt)) !== head.readUInt32LE(crcAt)) return { kind: 'strange' };
  const [end, endPosition] = [Number(head.readBigUInt64LE(8)), Number(head.readBigUInt64LE(16))];
  const header = {
    end, endPosition, oldNumber: head.subarray(24, 32),
    identity: name === magic ? readIdentity(head.subarray(fixedBytes, fixedBytes + identityBytes)) : undefined,
    written: name === magic && head[stateAt] === 1,
  };
  return { kind: 'whole', header, records: { [Symbol.iterator]: () => records(fd, crcAt + 5, end) } };
}

function* records(fd: number, start: number, end: number): Iterator<Saved> {
  const { size } = fstatSync(fd);
  for (let at = start; at + recordHead <= size;) {
    const head = readAt(fd, at, recordHead);
    const [position, length] = [Number(head.readBigUInt64LE(0)), head.readUInt32LE(8)];
    if (length === 0 || length > pageBytes || position % pageBytes !== 0 || position + length > end) return;
    const bytes = readAt(fd, at + recordHead, length);
    // One that is not whole was never durable, so what it would have saved has not been overwritten.
    if (bytes.byteLength < length || crc32(bytes, crc32(head.subarray(0, 13))) !== head.readUInt32LE(13)) return;
    yield { position, isOld: head[12] === 0, bytes };
    at += recordHead + length;
  }
}
