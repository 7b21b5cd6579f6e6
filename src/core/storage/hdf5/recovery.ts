import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { openRegularSync } from '../../base/files';
import { CoralError } from '../../base/errors';
import { syncFolderOf, writeAll } from './durable';
import type { FileLock } from './fileLock';
import { identify, isSame } from './fileIdentity';
import { type Header, journalPath, readJournal, type Saved, type WholeJournal } from './journalFile';
import { findSuperblock, readAt } from './superblock';

/**
 * Nothing was undone, and the journal lies under another name now: it is another file's, or another program has written to the file
 * after ours was killed.
 */
export interface Kept {
  readonly state: 'kept';
  readonly why: 'another file' | 'written since';
  readonly journal: string;
}

type Recovery = { readonly state: 'clean' | 'rolledBack' } | Kept;

/** Whether a killed write has left anything to undo. */
export function hasJournal(path: string): boolean {
  return lstatSync(journalPath(path), { throwIfNoEntry: false }) !== undefined;
}

/**
 * Undoes a write that was killed. The caller holds the exclusive lock, so the writer is dead. Not a byte of the file is changed
 * before all that the journal says has been compared with it: a journal that is not its own changes nothing.
 */
export function recover(path: string, lock: FileLock): Recovery {
  if (!hasJournal(path)) return { state: 'clean' };
  const outcome = judgeAndUndo(path, lock);
  lock.check();
  if (outcome === 'another file' || outcome === 'written since') return { state: 'kept', why: outcome, journal: setAside(path) };
  forget(path);
  return { state: outcome };
}

function judgeAndUndo(path: string, lock: FileLock): 'clean' | 'rolledBack' | Kept['why'] {
  const place = journalPath(path);
  if (lstatSync(place).isSymbolicLink()) {
    throw new CoralError('corrupt', `${place} is a link, not a journal. Remove it.`, { path: place });
  }
  const fd = openRegularSync(place, 'r');
  try {
    const journal = readJournal(fd);
    if (journal.kind === 'begun' || (journal.kind === 'whole' && journal.header.written)) return 'clean';
    if (journal.kind === 'unsupported') {
      throw new CoralError(
        'unsupported', `A program was killed while it wrote to ${path}, and it was another version of Coral for VS Code. `
        + 'Open the store with that version once.', { path });
    }
    if (journal.kind === 'strange') return 'another file';
    const verdict = judge(path, journal);
    if (verdict !== 'undoable') return verdict;
    undo(path, journal, lock);
    return 'rolledBack';
  } finally {
    closeSync(fd);
  }
}

/**
 * What a journal means for the file: its own, to be undone; another's; or out of date, because another program (which knows no
 * journal) has written to the file since ours was killed. What that changed elsewhere, where we overwrite nothing, outlives the
 * undoing. Times would be no sure sign: a program that only opens the file may cut its tail off.
 */
function judge(path: string, { header, records }: WholeJournal): 'undoable' | Kept['why'] {
  const file = openRegularSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (findSuperblock(file, size)?.endPosition !== header.endPosition) return 'another file';
    if (header.identity) {
      const identityBefore = identify(file, header.end, (position, bytes) => overlayOld(records, position, bytes));
      if (!isSame(header.identity, identityBefore)) return 'another file';
    }
    return size < header.end || !isEndKnown(file, header, records) || hasForeignBytes(file, records) ? 'written since' : 'undoable';
  } finally {
    closeSync(file);
  }
}

/** Puts the old bytes over those that were read at a position. */
function overlayOld(records: Iterable<Saved>, position: number, bytes: Buffer): void {
  for (const saved of records) {
    const from = Math.max(position, saved.position);
    const to = Math.min(position + bytes.byteLength, saved.position + saved.bytes.byteLength);
    if (saved.isOld && from < to) saved.bytes.copy(bytes, from - position, from - saved.position, to - saved.position);
  }
}

/** Whether the file's own number of its end is, or will be again, what it was. */
function isEndKnown(file: number, { endPosition, oldNumber }: Header, records: Iterable<Saved>): boolean {
  const number = readAt(file, endPosition, 8);
  overlayOld(records, endPosition, number);
  return number.equals(oldNumber);
}

/**
 * Whether any byte of the saved pages is neither what it was nor what it was to be. A write that was killed may have replaced a part
 * of a page.
 */
function hasForeignBytes(file: number, records: Iterable<Saved>): boolean {
  /** positions of pages of which each byte is one of those that were saved for it */
  const explained = new Set<number>();
  /** by position, of the other pages: 1 for each byte that no record explains so far */
  const foreign = new Map<number, Uint8Array>();
  for (const { position, bytes } of records) {
    const page = readAt(file, position, bytes.byteLength);
    if (page.byteLength < bytes.byteLength) return true;
    if (explained.has(position)) continue;
    const before = foreign.get(position);
    const left = page.map((byte, i) => (byte !== bytes[i] && before?.[i] !== 0 ? 1 : 0));
    foreign.set(position, left);
    if (left.includes(1)) continue;
    foreign.delete(position);
    explained.add(position);
  }
  return foreign.size > 0;
}

/** May be killed and done again. The journal's file is open. */
export function undo(path: string, { header, records }: WholeJournal, lock: FileLock): void {
  const file = openRegularSync(path, 'r+');
  try {
    lock.check();
    for (const { position, isOld, bytes } of records) {
      if (!isOld) continue;
      lock.checkAfterPause();
      writeAll(file, bytes, position);
    }
    lock.checkAfterPause();
    ftruncateSync(file, header.end);
    fdatasyncSync(file);
    lock.check();
  } finally {
    closeSync(file);
  }
}

export function forget(path: string): void {
  rmSync(journalPath(path));
  syncFolderOf(path);
}

function setAside(path: string): string {
  const kept = `${journalPath(path)}.kept-${new Date().toISOString().replaceAll(':', '.')}`;
  renameSync(journalPath(path), kept);
  syncFolderOf(path);
  return kept;
}
