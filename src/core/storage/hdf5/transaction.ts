import { closeSync, fdatasyncSync, ftruncateSync } from 'node:fs';
import { openRegularSync } from '../../base/files';
import { syncFolderOf, writeAll } from './durable';
import type { FileLock } from './fileLock';
import type { WriteGuard } from './hdf5Instance';
import { Journal } from './journal';
import { type OldEnd, pageBytes } from './journalFile';
import { readAt } from './superblock';

/** What is overwritten waits in memory up to this many pages (32 MiB); few commits need more than some kilobytes. */
const maxPages = 8192;

/**
 * Writes to weights.h5 that take effect together. What is new goes past the old end of the file at once, where nobody looks.
 * What overwrites old bytes waits in memory until `commit`, which saves the old ones in a journal first. So a kill before the
 * commit leaves the old file with a meaningless tail, and a kill during it leaves a journal that undoes it.
 */
export class Transaction implements WriteGuard {
  readonly #path: string;
  readonly #file: number;
  readonly #old: OldEnd;
  readonly #lock: FileLock;
  /** the new contents of old pages, by page number */
  #pages = new Map<number, Buffer>();
  #journal: Journal | undefined;
  readonly #saved = new Set<number>();
  #committed = false;

  /** Once `lock` has been taken over, nothing is changed any more, not even to undo what was begun: the next owner has done that. */
  constructor(path: string, old: OldEnd, lock: FileLock) {
    this.#path = path;
    this.#old = old;
    this.#lock = lock;
    this.#file = openRegularSync(path, 'r+');
  }

  get end(): number {
    return this.#old.end;
  }

  /** Bytes of the file, as they are to be. */
  read(position: number, length: number): Buffer {
    const bytes = readAt(this.#file, position, length);
    this.overlay(position, bytes);
    return bytes;
  }

  write(position: number, bytes: Uint8Array): void {
    const held = this.hold(position, bytes);
    if (held < bytes.byteLength) writeAll(this.#file, bytes.subarray(held), position + held);
  }

  /** Holds back what overwrites old bytes; returns how many of `bytes` these are. The rest may go to the file. */
  hold(position: number, bytes: Uint8Array): number {
    this.checkLock();
    const length = Math.max(0, Math.min(bytes.byteLength, this.#old.end - position));
    for (let done = 0; done < length;) {
      const page = this.#page(Math.floor((position + done) / pageBytes));
      const at = (position + done) % pageBytes;
      const part = bytes.subarray(done, Math.min(length, done + pageBytes - at));
      page.set(part, at);
      done += part.byteLength;
    }
    return length;
  }

  checkLock(): void {
    this.#lock.checkAfterPause();
  }

  /** Puts what is held back over bytes that were read from the file. */
  overlay(position: number, bytes: Uint8Array): void {
    if (this.#pages.size === 0) return;
    for (let done = 0; done < bytes.byteLength;) {
      const at = (position + done) % pageBytes;
      const length = Math.min(pageBytes - at, bytes.byteLength - done);
      const page = this.#pages.get(Math.floor((position + done) / pageBytes));
      if (page !== undefined) bytes.set(page.subarray(at, at + length), done);
      done += length;
    }
  }

  /** Durable when it returns. Rolled back, if it throws, unless only that could not be made sure. */
  commit(): void {
    this.#apply();
    // Before the journal counts as spent: storage may lose what was not made durable while the system runs on.
    fdatasyncSync(this.#file);
    this.#lock.check();
    this.#journal?.finish();
    // A next owner has removed the journal, and may have one of its own there.
    this.#lock.checkAfterPause();
    this.#journal?.remove();
    this.#committed = true;
    this.#journal?.close();
    closeSync(this.#file);
    if (this.#journal !== undefined) syncFolderOf(this.#path);
  }

  rollBack(): void {
    if (this.#committed) return;
    try {
      this.#lock.check();
      if (this.#journal === undefined) ftruncateSync(this.#file, this.#old.end);
      else this.#journal.rollBack(this.#lock);
    } finally {
      this.#journal?.close();
      closeSync(this.#file);
    }
  }

  #page(number: number): Buffer {
    const known = this.#pages.get(number);
    if (known !== undefined) return known;
    if (this.#pages.size >= maxPages) this.#apply();
    const page = readAt(this.#file, number * pageBytes, Math.min(pageBytes, this.#old.end - number * pageBytes));
    this.#pages.set(number, page);
    return page;
  }

  /** Overwrites the old pages, once they are safe in the journal. */
  #apply(): void {
    if (this.#pages.size === 0) return;
    this.#lock.check();
    this.#journal ??= new Journal(this.#path, this.#file, this.#old);
    this.#journal.save([...this.#pages].map(([number, after]) => {
      const position = number * pageBytes;
      return { position, before: this.#saved.has(number) ? undefined : readAt(this.#file, position, after.byteLength), after };
    }));
    for (const [number, page] of this.#pages) {
      this.checkLock();
      writeAll(this.#file, page, number * pageBytes);
      this.#saved.add(number);
    }
    this.#pages = new Map();
  }
}
