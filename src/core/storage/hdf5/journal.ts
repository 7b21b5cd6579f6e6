import { closeSync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { CoralError } from '../../errors';
import { syncFolderOf, writeAll } from './durable';
import { readAt } from './superblock';

/**
 * The rollback journal of weights.h5, beside it as weights.h5.journal while bytes of the old file are being overwritten. The
 * pages they lie in are saved here first and made durable; putting them back and cutting the file at its old end undoes a
 * write that was killed at any point.
 *
 *   header    "CORALJ03", u64 old end of the file, u64 position in the file of the number that says so (0: none), that number,
 *             16 bytes of the system's boot id (0: unknown), u32 crc
 *   state     u8: 1 once all is written and only has to be made durable, else 0
 *   records   u64 position, u32 length, u8 0 for the old bytes or 1 for those that are about to replace them, u32 crc, the bytes
 */
const family = 'CORALJ';
const magic = `${family}03`;
const headerBytes = 52;
const stateAt = headerBytes;
const recordsAt = stateAt + 1;
const recordHead = 17;
const written = Buffer.of(1);
const unfinished = Buffer.of(0);

export const journalPath = (path: string): string => `${path}.journal`;

/** Where the file ended before, and where in it HDF5 keeps that number. */
export interface OldEnd {
  readonly end: number;
  /** 0 when the file was empty */
  readonly endPosition: number;
}

/** What is about to be overwritten. */
export interface Overwrite {
  readonly position: number;
  /** absent when it was saved already */
  readonly before?: Buffer | undefined;
  readonly after: Buffer;
}

export class Journal {
  readonly #path: string;
  readonly #fd: number;
  #length = recordsAt;

  /** `file` is the open weights.h5. Nothing may be overwritten before the first `save` has returned. */
  constructor(path: string, file: number, { end, endPosition }: OldEnd) {
    this.#path = path;
    this.#fd = openSync(journalPath(path), 'wx+');
    const header = Buffer.alloc(headerBytes);
    header.write(magic, 'latin1');
    header.writeBigUInt64LE(BigInt(end), 8);
    header.writeBigUInt64LE(BigInt(endPosition), 16);
    if (endPosition > 0) readAt(file, endPosition, 8).copy(header, 24);
    bootId().copy(header, 32);
    header.writeUInt32LE(crc32(header.subarray(0, headerBytes - 4)), headerBytes - 4);
    writeAll(this.#fd, Buffer.concat([header, unfinished]), 0);
  }

  /** Makes the old bytes durable, and what tells ours from those of another program. */
  save(overwrites: readonly Overwrite[]): void {
    const first = this.#length === recordsAt;
    for (const { position, before, after } of overwrites) {
      if (before !== undefined) this.#append(position, 0, before);
      this.#append(position, 1, after);
    }
    fsyncSync(this.#fd);
    if (first) syncFolderOf(this.#path);
  }

  /** Says that all is written: a kill from now on has nothing to undo, unless the system goes down too. */
  finish(): void {
    writeAll(this.#fd, written, stateAt);
  }

  /** Forgets how to undo. That is durable once the folder is. */
  remove(): void {
    rmSync(journalPath(this.#path));
    closeSync(this.#fd);
  }

  /** Undoes all since the start. */
  rollBack(): void {
    writeAll(this.#fd, unfinished, stateAt);
    closeSync(this.#fd);
    const journal = readFileSync(journalPath(this.#path));
    undo(this.#path, journal, parseHeader(journal)?.end ?? 0);
  }

  #append(position: number, kind: 0 | 1, bytes: Buffer): void {
    const head = Buffer.alloc(recordHead);
    head.writeBigUInt64LE(BigInt(position));
    head.writeUInt32LE(bytes.byteLength, 8);
    head.writeUInt8(kind, 12);
    head.writeUInt32LE(crc32(bytes, crc32(head.subarray(0, 13))), 13);
    writeAll(this.#fd, Buffer.concat([head, bytes]), this.#length);
    this.#length += recordHead + bytes.byteLength;
  }
}

export type Recovery =
  | { readonly state: 'clean' | 'rolledBack' }
  /** another program wrote to the file after ours was killed: nothing was undone */
  | { readonly state: 'kept'; readonly journal: string };

/** Whether a killed write has left anything to undo. */
export function hasJournal(path: string): boolean {
  return statSync(journalPath(path), { throwIfNoEntry: false }) !== undefined;
}

/** Undoes a write that was killed, or ends it when only that was left. The caller holds the exclusive lock, so the writer is dead. */
export function recover(path: string): Recovery {
  if (!hasJournal(path)) return { state: 'clean' };
  const journal = readFileSync(journalPath(path));
  const header = parseHeader(journal);
  if (header === undefined) {
    // It was never completed, so nothing had been overwritten yet.
    forget(path);
    return { state: 'clean' };
  }
  if (header.written && header.sameBoot) {
    // Others may have built on what was written, as it can be seen since: it only has to be made durable.
    syncFile(path);
    forget(path);
    return { state: 'clean' };
  }
  if (writtenSince(path, journal, header)) {
    const kept = `${journalPath(path)}.kept-${new Date().toISOString().replaceAll(':', '.')}`;
    renameSync(journalPath(path), kept);
    syncFolderOf(path);
    return { state: 'kept', journal: kept };
  }
  undo(path, journal, header.end);
  return { state: 'rolledBack' };
}

interface Header extends OldEnd {
  /** the number at `endPosition`, as it was */
  readonly oldNumber: Buffer;
  /** whether the system has been running since, so that no write was lost with it */
  readonly sameBoot: boolean;
  readonly written: boolean;
}

/** undefined when it is not whole. */
function parseHeader(journal: Buffer): Header | undefined {
  if (journal.byteLength < recordsAt || journal.toString('latin1', 0, family.length) !== family) return undefined;
  if (journal.toString('latin1', 0, magic.length) !== magic) {
    throw new CoralError('unsupported', 'A program was killed while it wrote to this store, and it was another version of Coral for VS Code. Open the store with that version once.');
  }
  if (crc32(journal.subarray(0, headerBytes - 4)) !== journal.readUInt32LE(headerBytes - 4)) return undefined;
  const [boot, known] = [journal.subarray(32, 48), bootId()];
  return {
    end: Number(journal.readBigUInt64LE(8)), endPosition: Number(journal.readBigUInt64LE(16)), oldNumber: journal.subarray(24, 32),
    sameBoot: boot.equals(known) && known.some((byte) => byte !== 0), written: journal[stateAt] === 1,
  };
}

interface Saved {
  readonly position: number;
  readonly isOld: boolean;
  readonly bytes: Buffer;
}

function* records(journal: Buffer): Iterable<Saved> {
  for (let at = recordsAt; at + recordHead <= journal.byteLength;) {
    const bytes = journal.subarray(at + recordHead, at + recordHead + journal.readUInt32LE(at + 8));
    // One that is not whole was never durable, so what it would have saved has not been overwritten.
    if (crc32(bytes, crc32(journal.subarray(at, at + 13))) !== journal.readUInt32LE(at + 13)) return;
    yield { position: Number(journal.readBigUInt64LE(at)), isOld: journal[at + 12] === 0, bytes };
    at += recordHead + bytes.byteLength;
  }
}

/**
 * Whether another program (which knows no journal) has written to the file since ours was killed: it holds bytes that are neither
 * the old ones nor ours, ends where we did not let it end, or is shorter than it ever was with us. What it changed elsewhere, where
 * we overwrite nothing, outlives the undoing. Times would be no sure sign: a program that only opens the file may cut its tail off.
 */
function writtenSince(path: string, journal: Buffer, { end, endPosition, oldNumber }: Header): boolean {
  if (statSync(path).size < end) return true;
  const file = openSync(path, 'r');
  try {
    const pages = [...pagesOf(journal)];
    const saved = pages.some(([position, [page]]) => endPosition >= position && endPosition + 8 <= position + (page?.byteLength ?? 0));
    if (endPosition > 0 && !saved && !readAt(file, endPosition, 8).equals(oldNumber)) return true;
    return pages.some(([position, versions]) => isForeign(readAt(file, position, versions[0]?.byteLength ?? 0), versions));
  } finally {
    closeSync(file);
  }
}

/** What each page was and was to be, by position. */
function pagesOf(journal: Buffer): Map<number, Buffer[]> {
  const pages = new Map<number, Buffer[]>();
  for (const { position, bytes } of records(journal)) pages.set(position, [...pages.get(position) ?? [], bytes]);
  return pages;
}

/** A write that was killed may have replaced a part of the page. */
function isForeign(page: Buffer, versions: readonly Buffer[]): boolean {
  return !versions.some((version) => version.equals(page)) && page.some((byte, i) => versions.every((version) => version[i] !== byte));
}

/** May be killed and done again. */
function undo(path: string, journal: Buffer, end: number): void {
  const file = openSync(path, 'r+');
  try {
    for (const { position, isOld, bytes } of records(journal)) if (isOld) writeAll(file, bytes, position);
    ftruncateSync(file, end);
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
  forget(path);
}

function forget(path: string): void {
  rmSync(journalPath(path));
  syncFolderOf(path);
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Differs after each start of the system, and between machines that share a folder; zeros where the system has none. */
function bootId(): Buffer {
  try {
    return Buffer.from(readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').replace(/[^0-9a-f]/g, ''), 'hex').subarray(0, 16);
  } catch {
    return Buffer.alloc(16);
  }
}
