import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CoralError, throwIfCancelled } from '../../base/errors';
import { fileError, isDenied } from '../../base/files';
import { Catalog } from './catalog';
import type { FileLock, LockKind } from './fileLock';
import { fileSignature, unsettledMs } from './fileSignature';
import { lockFile, type LockOptions } from './lockFile';
import { Hdf5File } from './hdf5File';
import { Hdf5Failure, Hdf5Instance } from './hdf5Instance';
import type { OldEnd } from './journalFile';
import { groups, makeEmpty, replaceEmpty } from './makeStore';
import type { RawFile } from './objectHeader';
import { hasJournal, type Kept, recover } from './recovery';
import { readSuperblock } from './superblock';
import { Transaction } from './transaction';

export interface SessionOptions extends LockOptions {
  /** told what a user should know, though nothing failed */
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** What one commit does to the file. */
export interface WritePlan {
  /** Writes into the open file; returns what remains to be done to its bytes once it is closed. `raw` may only be read. */
  write(file: Hdf5File, raw: RawFile): Promise<readonly ((raw: RawFile) => void)[]>;
  /** paths of the datasets that are others once this is done */
  readonly changes: Iterable<string>;
}

/** The Python tool fails at once when it meets our lock, so it is held no longer than this, and let go when nothing goes on. */
const maxHoldMs = 1_000;
const idleMs = 20;
/** Between two long holds, so that others get their turn. */
const gapMs = 25;

/**
 * One weights.h5: locked and opened when something is asked of it, kept so for the burst that follows, then let go. Its tasks
 * run one after another. Every commit is all or nothing, whatever kills it.
 */
export class Session {
  readonly #path: string;
  readonly #options: SessionOptions;
  #tail: Promise<unknown> = Promise.resolve();
  #instance: Hdf5Instance | undefined;
  #file: Hdf5File | undefined;
  #lock: { readonly handle: FileLock; readonly kind: LockKind; readonly since: number } | undefined;
  #releasedAt = -Infinity;
  #idle: NodeJS.Timeout | undefined;
  #catalog = new Catalog();
  #seen = '';
  /** whether the file was there at some time */
  #met = false;

  /** `path` is the file's real path. */
  constructor(path: string, options: SessionOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** `use` gets the open file, or undefined when there is none or it is empty. It must not wait for anything. */
  read<T>(use: (file: Hdf5File | undefined, catalog: Catalog) => T, signal?: AbortSignal): Promise<T> {
    return this.#inTurn(async () => {
      const exists = await this.#acquire('shared', signal);
      return use(exists ? await this.#openToRead() : undefined, this.#catalog);
    }, signal);
  }

  /** Commits what `plan` makes of the file, creating it when need be; undefined: nothing. Rejects with nothing changed. */
  write(plan: (file: Hdf5File, catalog: Catalog) => WritePlan | undefined, signal?: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      this.makeFolder();
      if (!this.#met) makeEmpty(this.#path);
      if (!await this.#acquire('exclusive', signal)) {
        throw new CoralError(
          'missing', `${this.#path} was there before and is gone. `
          + 'If it lies on a network drive, connect that again.', { path: this.#path });
      }
      const file = await this.#openToRead() ?? await this.#create(signal);
      const work = plan(file, this.#catalog);
      if (work === undefined) return;
      await this.#commit(file, work);
      this.#catalog.update(work.changes);
    }, signal);
  }

  /**
   * For the file, unless that was there before: of a network drive that is lost an empty folder may be left, in which nothing is to
   * be made.
   */
  makeFolder(): void {
    if (!this.#met) mkdirSync(dirname(this.#path), { recursive: true });
  }

  /** Waits for what is under way. */
  close(): Promise<void> {
    return this.#inTurn(() => {
      this.#release();
      this.#instance?.release();
      this.#instance = undefined;
      return Promise.resolve();
    });
  }

  #inTurn<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const result = this.#tail.then(async () => {
      throwIfCancelled(signal);
      clearTimeout(this.#idle);
      try {
        return await task();
      } catch (error) {
        // A trap leaves HDF5 in an unknown state; an error it reported does not.
        if (!CoralError.is(error) && !(error instanceof Hdf5Failure)) this.#discardInstance();
        // What could not be undone is tried again when the lock is taken next, and one that was taken over is ours no more.
        if (this.#lock?.kind === 'exclusive' || CoralError.is(error, 'conflict')) this.#release();
        throw explained(error, this.#path);
      } finally {
        this.#rest();
      }
    });
    this.#tail = result.catch(() => undefined);
    return result;
  }

  #rest(): void {
    if (this.#lock === undefined) return;
    if (performance.now() - this.#lock.since >= maxHoldMs) this.#release();
    else this.#idle = setTimeout(() => this.#release(), idleMs);
  }

  get #held(): FileLock {
    if (this.#lock === undefined) {
      throw new CoralError('missing', `${this.#path} was removed by another program meanwhile.`, { path: this.#path });
    }
    return this.#lock.handle;
  }

  /** false when there is no file. */
  async #acquire(kind: LockKind, signal: AbortSignal | undefined): Promise<boolean> {
    if (this.#lock !== undefined && (kind === 'shared' || this.#lock.kind === 'exclusive')) {
      this.#lock.handle.checkAfterPause();
      return true;
    }
    this.#release();
    const pauseMs = this.#releasedAt + gapMs - performance.now();
    if (pauseMs > 0) await delay(pauseMs, undefined, { ...(signal && { signal }) }).catch(() => throwIfCancelled(signal));
    if (!await this.#take(kind, signal)) return false;
    if (hasJournal(this.#path)) await this.#recover(signal);
    this.#forgetIfChanged();
    return true;
  }

  async #take(kind: LockKind, signal: AbortSignal | undefined): Promise<boolean> {
    const handle = await lockFile(this.#path, kind, this.#options, signal);
    if (handle !== undefined) this.#lock = { handle, kind, since: performance.now() };
    this.#met ||= handle !== undefined;
    return handle !== undefined;
  }

  #release(how: 'done' | 'replaced' = 'done'): void {
    if (this.#lock === undefined) return;
    clearTimeout(this.#idle);
    this.#closeFile();
    const { handle, since } = this.#lock;
    this.#remember(handle);
    if (how === 'done') handle.release();
    else handle.releaseLater();
    this.#lock = undefined;
    this.#releasedAt = performance.now() - since >= maxHoldMs ? performance.now() : -Infinity;
  }

  async #openToRead(): Promise<Hdf5File | undefined> {
    this.#instance ??= await Hdf5Instance.create(this.#path);
    this.#file ??= Hdf5File.openToRead(this.#instance, this.#path);
    return this.#file;
  }

  #closeFile(): void {
    const file = this.#file;
    this.#file = undefined;
    try {
      file?.close();
    } catch {
      this.#discardInstance();
    }
  }

  #discardInstance(): void {
    this.#file?.raw?.close();
    this.#file = undefined;
    this.#instance?.dispose();
    this.#instance = undefined;
  }

  /** Others may have written while we held no lock. */
  #forgetIfChanged(): void {
    if (this.#seen === '' || this.#seen !== fileSignature(this.#path)) this.#catalog = new Catalog();
  }

  /** Of a file that is another's by now, or cannot be looked at, nothing is known. */
  #remember(lock: FileLock): void {
    this.#seen = '';
    try {
      lock.check();
      if (unsettledMs(this.#path) === 0) this.#seen = fileSignature(this.#path);
    } catch { /* it is looked through anew */ }
  }

  /** Undoes what a killed writer left, even for one who only reads: it is what the file held before. */
  async #recover(signal: AbortSignal | undefined): Promise<void> {
    if (this.#lock?.kind === 'shared') {
      this.#release();
      await this.#take('exclusive', signal);
    }
    try {
      const recovery = recover(this.#path, this.#held);
      if (recovery.state === 'kept') await this.#checkSound(recovery);
    } catch (error) {
      if (!isDenied(error)) throw error;
      throw new CoralError(
        'corrupt', `${this.#path} was left half-written by a program that was killed. Undoing that takes write permission, which you do not have here.`,
        { path: this.#path }, { cause: error });
    }
  }

  /**
   * Nothing was undone: another program has written since the kill, and may have worked on a half-written file, or the journal is
   * not this file's.
   */
  async #checkSound({ why, journal }: Kept): Promise<void> {
    const what = why === 'another file'
      ? `Beside ${this.#path} lay a journal that is not its own. It was not used, and lies in ${journal} now`
      : `${this.#path} was half-written when a program was killed, and another program has written to it since. `
        + `Nothing was undone; what would be needed for that is in ${journal}`;
    try {
      const file = await this.#openToRead();
      const catalog = new Catalog();
      if (file !== undefined) for (const name of catalog.weights.list(file)) catalog.check(file, name);
    } catch (error) {
      throw new CoralError(
        'corrupt', `${what}. The file is damaged: ${(error as Error).message} Restore it from a copy, or move it away and pull the weights `
        + 'again.', { path: this.#path }, { cause: error });
    }
    this.#options.onWarning?.(`${what}. All weights in it can be listed.`);
  }

  async #create(signal: AbortSignal | undefined): Promise<Hdf5File> {
    await replaceEmpty(this.#path, () => this.#held.check());
    this.#release('replaced');
    const created = await this.#acquire('exclusive', signal) ? await this.#openToRead() : undefined;
    return created ?? this.#create(signal);
  }

  async #commit(reading: Hdf5File, plan: WritePlan): Promise<void> {
    const { instance } = reading;
    this.#closeFile();
    const superblock = readSuperblock(this.#path);
    if (superblock === undefined) throw new Error(`${this.#path} has become empty while it was locked`);
    await this.#transact(superblock, async (transaction) => {
      const raw = rawFile(transaction, superblock.base);
      instance.guard(transaction);
      const file = Hdf5File.openToWrite(instance, this.#path);
      for (const group of groups) if (!file.exists(group)) file.createGroup(group);
      const patches = await plan.write(file, raw);
      file.close();
      instance.guard(undefined);
      for (const patch of patches) patch(raw);
    });
  }

  /** Commits what `work` does, or undoes it. */
  async #transact(old: OldEnd, work: (transaction: Transaction) => Promise<void> | void): Promise<void> {
    const transaction = new Transaction(this.#path, old, this.#held);
    try {
      await work(transaction);
      transaction.commit();
    } catch (error) {
      this.#discardInstance();
      // What cannot be undone now is when the lock is taken next: the journal stays.
      try { transaction.rollBack(); } catch { /* the first error tells what happened */ }
      throw error;
    }
  }
}

function explained(error: unknown, path: string): CoralError {
  return CoralError.from(error instanceof Error && 'code' in error ? fileError(error, path) : error, 'corrupt', { path });
}

function rawFile(transaction: Transaction, base: number): RawFile {
  return {
    read: (address, length) => transaction.read(base + address, length),
    write: (address, bytes) => transaction.write(base + address, bytes),
  };
}
