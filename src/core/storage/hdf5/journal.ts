import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { syncFolderOf, writeAll } from './durable';
import { encodeIdentity, identify } from './fileIdentity';
import {
  encodeHeader, encodeRecord, journalPath, type OldEnd, readJournal, recordsAt, stateAt, unfinishedByte, writtenByte,
} from './journalFile';
import type { FileLock } from './fileLock';
import { forget, undo } from './recovery';
import { readAt } from './superblock';

/** A range about to be overwritten. */
interface Overwrite {
  readonly position: number;
  /** absent when it was saved already */
  readonly before?: Buffer | undefined;
  readonly after: Buffer;
}

/**
 * The rollback journal of weights.h5, beside it as weights.h5.journal while bytes of the old file are being overwritten. The
 * pages they lie in are saved here first and made durable; putting them back and cutting the file at its old end undoes a
 * write that was killed at any point.
 */
export class Journal {
  readonly #path: string;
  readonly #fd: number;
  #length = recordsAt;

  /** `file` is the open weights.h5 at the real path `path`. Nothing may be overwritten before the first `save` has returned. */
  constructor(path: string, file: number, old: OldEnd) {
    this.#path = path;
    this.#fd = openSync(journalPath(path), 'wx+');
    try {
      writeAll(this.#fd, encodeHeader(old, readAt(file, old.endPosition, 8), encodeIdentity(identify(file, old.end))), 0);
    } catch (error) {
      this.remove();
      this.close();
      throw error;
    }
  }

  /** Makes the old bytes durable, and what distinguishes our bytes from another program's. */
  save(overwrites: readonly Overwrite[]): void {
    const first = this.#length === recordsAt;
    for (const { position, before, after } of overwrites) {
      if (before !== undefined) this.#append(encodeRecord(position, true, before));
      this.#append(encodeRecord(position, false, after));
    }
    fsyncSync(this.#fd);
    if (first) syncFolderOf(this.#path);
  }

  /** Marks the journal as done. The caller has made everything written durable. */
  finish(): void {
    writeAll(this.#fd, writtenByte, stateAt);
  }

  /** Removes the journal; durable once the folder is. */
  remove(): void {
    rmSync(journalPath(this.#path));
  }

  /** Undoes all since the start. */
  rollBack(lock: FileLock): void {
    writeAll(this.#fd, unfinishedByte, stateAt);
    const journal = readJournal(this.#fd);
    if (journal.kind !== 'whole') throw new Error(`${journalPath(this.#path)} has changed while it was open`);
    undo(this.#path, journal, lock);
    forget(this.#path);
  }

  /** Leaves the journal as it is. */
  close(): void {
    closeSync(this.#fd);
  }

  #append(record: Buffer): void {
    writeAll(this.#fd, record, this.#length);
    this.#length += record.byteLength;
  }
}
