import { closeSync, fdatasyncSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { uptime } from 'node:os';
import { crc32 } from 'node:zlib';
import { syncFolderOf, writeAll } from './durable';
import { readAt } from './superblock';

/**
 * The rollback journal of weights.h5, beside it as weights.h5.journal while bytes of the old file are being overwritten. The
 * pages they lie in are saved here first and made durable; putting them back and cutting the file at its old end undoes a
 * write that was killed at any point.
 *
 *   header    "CORALJ02", u64 inode, u64 old end of the file, u64 position in the file of the number that says so (0: none), u32 crc
 *   beat      u64: that number as we last wrote it. Rewritten before EVERY write to weights.h5 from then on, so that the time of
 *             the journal says when we last wrote.
 *   records   u64 position, u32 length, u32 crc, the old bytes
 */
const magic = 'CORALJ02';
const headerBytes = 36;
const beatBytes = 8;
const recordHead = 16;

export const journalPath = (path: string): string => `${path}.journal`;

/** Where the file ended before, and where in it HDF5 keeps that number. */
export interface OldEnd {
  readonly end: number;
  /** 0 when the file was empty */
  readonly endPosition: number;
}

export interface Page {
  readonly position: number;
  readonly bytes: Buffer;
}

export class Journal {
  readonly #path: string;
  readonly #fd: number;
  readonly #beat = Buffer.alloc(beatBytes);
  #length = headerBytes + beatBytes;

  /** `file` is the open weights.h5. Nothing may be overwritten before the first `save` has returned. */
  constructor(path: string, file: number, { end, endPosition }: OldEnd) {
    this.#path = path;
    this.#fd = openSync(journalPath(path), 'wx+');
    const header = Buffer.alloc(headerBytes);
    header.write(magic, 'latin1');
    [fstatSync(file).ino, end, endPosition].forEach((value, i) => header.writeBigUInt64LE(BigInt(value), 8 + 8 * i));
    header.writeUInt32LE(crc32(header.subarray(0, headerBytes - 4)), headerBytes - 4);
    if (endPosition > 0) readAt(file, endPosition, beatBytes).copy(this.#beat);
    writeAll(this.#fd, Buffer.concat([header, this.#beat]), 0);
  }

  /** Makes the old bytes durable. */
  save(pages: readonly Page[]): void {
    const first = this.#length === headerBytes + beatBytes;
    for (const { position, bytes } of pages) {
      const head = Buffer.alloc(recordHead);
      head.writeBigUInt64LE(BigInt(position));
      head.writeUInt32LE(bytes.byteLength, 8);
      head.writeUInt32LE(crc32(bytes, crc32(head.subarray(0, 12))), 12);
      writeAll(this.#fd, Buffer.concat([head, bytes]), this.#length);
      this.#length += recordHead + bytes.byteLength;
    }
    fsyncSync(this.#fd);
    if (first) syncFolderOf(this.#path);
  }

  /** To be called before each write to the file; `end` when that sets the number that says where the file ends. */
  beat(end?: Uint8Array): void {
    if (end !== undefined) this.#beat.set(end);
    writeAll(this.#fd, this.#beat, headerBytes);
  }

  /** Forgets how to undo. That is durable once the folder is. */
  remove(): void {
    rmSync(journalPath(this.#path));
    closeSync(this.#fd);
  }

  /** Undoes all since the start. */
  rollBack(): void {
    closeSync(this.#fd);
    const journal = readFileSync(journalPath(this.#path));
    undo(this.#path, journal, parseHeader(journal)?.end ?? 0);
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

/** Undoes a write that was killed. The caller holds the exclusive lock, so the writer is dead. */
export function recover(path: string): Recovery {
  if (!hasJournal(path)) return { state: 'clean' };
  const journal = readFileSync(journalPath(path));
  const header = parseHeader(journal);
  if (header === undefined) {
    // It was never completed, so nothing had been overwritten yet.
    rmSync(journalPath(path));
    return { state: 'clean' };
  }
  if (writtenSince(path, header)) {
    const kept = `${journalPath(path)}.kept-${new Date().toISOString().replaceAll(':', '.')}`;
    renameSync(journalPath(path), kept);
    syncFolderOf(path);
    return { state: 'kept', journal: kept };
  }
  undo(path, journal, header.end);
  return { state: 'rolledBack' };
}

interface Header extends OldEnd {
  readonly ino: number;
  readonly lastEnd: bigint;
}

function parseHeader(journal: Buffer): Header | undefined {
  if (journal.byteLength < headerBytes + beatBytes || journal.toString('latin1', 0, 8) !== magic) return undefined;
  if (crc32(journal.subarray(0, headerBytes - 4)) !== journal.readUInt32LE(headerBytes - 4)) return undefined;
  const [ino, end, endPosition] = [8, 16, 24].map((at) => Number(journal.readBigUInt64LE(at)));
  return { ino: ino ?? 0, end: end ?? 0, endPosition: endPosition ?? 0, lastEnd: journal.readBigUInt64LE(headerBytes) };
}

function* records(journal: Buffer): Iterable<Page> {
  for (let at = headerBytes + beatBytes; at + recordHead <= journal.byteLength;) {
    const bytes = journal.subarray(at + recordHead, at + recordHead + journal.readUInt32LE(at + 8));
    // One that is not whole was never durable, so what it would have saved has not been overwritten.
    if (crc32(bytes, crc32(journal.subarray(at, at + 12))) !== journal.readUInt32LE(at + 12)) return;
    yield { position: Number(journal.readBigUInt64LE(at)), bytes };
    at += recordHead + bytes.byteLength;
  }
}

/** How long after the journal a write of ours may be dated: the write itself, and after a power cut what was not on disk yet. */
const slackMs = 2_000;
const slackAfterRebootMs = 60_000;

/**
 * Whether another program (which knows no journal) has written to the file since ours was killed: it is another file, it is
 * newer than the journal, shorter than it ever was with us, or ends where we did not let it end.
 */
function writtenSince(path: string, { ino, end, endPosition, lastEnd }: Header): boolean {
  const file = statSync(path);
  if (file.ino !== ino || file.size < end) return true;
  const journalMs = statSync(journalPath(path)).mtimeMs;
  const rebooted = journalMs < Date.now() - uptime() * 1000;
  if (file.mtimeMs > journalMs + (rebooted ? slackAfterRebootMs : slackMs)) return true;
  return endPosition > 0 && endsElsewhere(path, endPosition, [savedEnd(path, endPosition), lastEnd]);
}

function endsElsewhere(path: string, endPosition: number, ours: readonly (bigint | undefined)[]): boolean {
  const fd = openSync(path, 'r');
  try {
    return !ours.includes(readAt(fd, endPosition, 8).readBigUInt64LE());
  } finally {
    closeSync(fd);
  }
}

/** The old number, if the page that holds it was saved. */
function savedEnd(path: string, endPosition: number): bigint | undefined {
  for (const { position, bytes } of records(readFileSync(journalPath(path)))) {
    const at = endPosition - position;
    if (at >= 0 && at + 8 <= bytes.byteLength) return bytes.readBigUInt64LE(at);
  }
  return undefined;
}

/** May be killed and done again. */
function undo(path: string, journal: Buffer, end: number): void {
  const file = openSync(path, 'r+');
  const journalFile = openSync(journalPath(path), 'r+');
  const beat = (): void => writeAll(journalFile, journal.subarray(headerBytes, headerBytes + beatBytes), headerBytes);
  try {
    for (const { position, bytes } of records(journal)) {
      beat();
      writeAll(file, bytes, position);
    }
    beat();
    ftruncateSync(file, end);
    fdatasyncSync(file);
  } finally {
    closeSync(file);
    closeSync(journalFile);
  }
  rmSync(journalPath(path));
  syncFolderOf(path);
}
