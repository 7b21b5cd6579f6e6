import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { Journal } from '../../src/core/storage/hdf5/journal';
import { journalPath } from '../../src/core/storage/hdf5/journalFile';
import { readAt, readSuperblock } from '../../src/core/storage/hdf5/superblock';

const page = 4096;
const pages = [0, 1];

/**
 * Leaves a store as a kill in the middle of a commit does: two pages half overwritten, new bytes behind its end, and the journal
 * beside it.
 */
export function tearStore(path: string): void {
  const superblock = readSuperblock(path);
  if (superblock === undefined) throw new Error(`${path} is empty`);
  const fd = openSync(path, 'r+');
  new Journal(path, fd, superblock).save(pages.map((number) => overwriteOf(fd, number)));
  writeSync(fd, overwriteOf(fd, 1).after, 0, 2000, page);
  closeSync(fd);
  writeFileSync(path, Buffer.alloc(10_000, 0xbb), { flag: 'a' });
}

/** The same with the journal that the version before would have left. */
export function tearStoreAsBefore(path: string): void {
  const { end, endPosition } = readSuperblock(path)!;
  const header = Buffer.alloc(52);
  header.write('CORALJ03', 'latin1');
  header.writeBigUInt64LE(BigInt(end), 8);
  header.writeBigUInt64LE(BigInt(endPosition), 16);
  const fd = openSync(path, 'r');
  readAt(fd, endPosition, 8).copy(header, 24);
  const records = pages.map((number) => overwriteOf(fd, number)).flatMap(({ position, before, after }) => [record(position, 0, before), record(position, 1, after)]);
  closeSync(fd);
  tearStore(path);
  writeFileSync(journalPath(path), Buffer.concat([sealed(header), Buffer.of(0), ...records]));
}

/** A journal in the form of the version before that explains every byte of a file, so that it could put any text in its place. */
export function madeUpJournal(text: Buffer): Buffer {
  const header = Buffer.alloc(52);
  header.write('CORALJ03', 'latin1');
  header.writeBigUInt64LE(BigInt(text.length), 8);
  const every = Array.from({ length: 256 }, (_, byte) => record(0, 1, Buffer.alloc(text.length, byte)));
  return Buffer.concat([sealed(header), Buffer.of(0), ...every, record(0, 0, text)]);
}

function overwriteOf(fd: number, number: number): { position: number; before: Buffer; after: Buffer } {
  const before = readAt(fd, number * page, page);
  const after = Buffer.from(before);
  after.fill(0xaa, 1000, 3000);
  return { position: number * page, before, after };
}

function record(position: number, kind: 0 | 1, bytes: Buffer): Buffer {
  const head = Buffer.alloc(17);
  head.writeBigUInt64LE(BigInt(position));
  head.writeUInt32LE(bytes.length, 8);
  head.writeUInt8(kind, 12);
  head.writeUInt32LE(crc32(bytes, crc32(head.subarray(0, 13))), 13);
  return Buffer.concat([head, bytes]);
}

function sealed(header: Buffer): Buffer {
  header.writeUInt32LE(crc32(header.subarray(0, header.length - 4)), header.length - 4);
  return header;
}

