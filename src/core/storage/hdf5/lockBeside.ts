import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { CoralError } from '../../base/errors';
import { fileError, isCode, isDenied } from '../../base/files';
import { type FileLock, type LockKind, noLock } from './fileLock';
import { startHeartbeat } from './heartbeat';
import { processName } from './lockHolder';
import { isDead, isVoid, ownerOf, ownText, readLock } from './lockText';
import { isThisMachine } from './machine';

export const lockPath = (path: string): string => `${path}.lock`;

/** A lock of another machine whose text has not changed for so long is taken over. */
const defaultQuietMs = 30_000;

/**
 * After a pause this long (the process was stopped, the computer slept, a drive hung) another may have taken the lock over. No lock
 * whose owner may live is taken over as soon as this.
 */
const maxTrustMs = 1_000;

/**
 * Where there is no flock (Windows, where HDF5 takes no lock either, and some network drives), a file beside the store keeps two of
 * ours apart. Who has flock and writes makes one too, so that both kinds see each other.
 *
 * It names its owner, whose process can be looked for on the same machine: a dead one's lock is void at once. Of an owner elsewhere
 * nothing is known but that the lock's text changes while it lives. How long it has not changed is measured by the clock of the one
 * who waits; clocks of machines are never compared.
 */
export class LockBeside {
  readonly #path: string;
  readonly #limitMs: number;
  #text: string | undefined;
  #silentMs = 0;
  #lookedAt = performance.now();

  /** One who wants the lock of a file for as long as it waits. `path` is the file's real path. */
  constructor(path: string, limitMs = defaultQuietMs) {
    this.#path = lockPath(path);
    this.#limitMs = limitMs;
  }

  /** `hasFlock`: the caller holds that too, and does without this one where it cannot be made, as does one who only reads. */
  take(kind: LockKind, hasFlock: boolean): FileLock | 'held' {
    const [id, began] = [randomUUID(), clocks()];
    try {
      makeLock(this.#path, ownText(id, hasFlock));
    } catch (error) {
      if (isCode(error, 'EEXIST')) {
        const found = this.clearIfVoid(hasFlock);
        if (found === 'none') return this.take(kind, hasFlock);
        return found === 'stuck' && hasFlock ? noLock : 'held';
      }
      if (hasFlock || (kind === 'shared' && isDenied(error))) return noLock;
      throw fileError(error, this.#path);
    }
    return new OwnLock(this.#path, id, began);
  }

  /**
   * Looks at the lock, and removes it when its owner is dead or has shown no sign of life for too long. "stuck": it is void, and this
   * one cannot remove it.
   */
  clearIfVoid(hasFlock: boolean): 'held' | 'none' | 'stuck' {
    const text = readLock(this.#path);
    if (text === undefined) return 'none';
    const now = performance.now();
    // If this process stood still, it was not watching all the time.
    this.#silentMs = text === this.#text ? this.#silentMs + Math.min(now - this.#lookedAt, maxTrustMs) : 0;
    [this.#text, this.#lookedAt] = [text, now];
    if (this.#silentMs < this.#limitMs && !isVoid(text, this.#silentMs, hasFlock)) return 'held';
    return this.#remove(text);
  }

  /** The owner, as far as it is known, and how the lock comes free. */
  get holder(): string {
    const owner = ownerOf(this.#text ?? '');
    if (owner && isThisMachine(owner)) return processName(owner.pid);
    const name = owner === undefined ? 'a program that is not named' : `Coral on ${owner.host} (process ${owner.pid})`;
    const seconds = Math.round(this.#limitMs / 1000);
    return `${name}, whose lock (${basename(this.#path)}) is taken over when it shows no sign of life for ${seconds} s`;
  }

  /** Of several who find a lock void, one removes it, after checking again: it may belong to the next owner by then. */
  #remove(text: string): 'held' | 'none' | 'stuck' {
    const marker = `${this.#path}.${ownerOf(text)?.id ?? 'void'}`;
    const remover = ownerOf(readLock(marker) ?? '');
    // The remover was killed while it removed the lock.
    if (this.#silentMs >= 2 * this.#limitMs || (remover && isDead(remover))) rmSync(marker, { force: true });
    try {
      makeLock(marker, ownText(randomUUID(), false));
    } catch (error) {
      if (isCode(error, 'EEXIST')) return 'held';
      if (isDenied(error) || isCode(error, 'ENOSPC')) return 'stuck';
      throw fileError(error, this.#path);
    }
    const isVoidStill = readLock(this.#path) === text;
    if (isVoidStill) rmSync(this.#path, { force: true });
    rmSync(marker, { force: true });
    return isVoidStill ? 'none' : 'held';
  }
}

class OwnLock implements FileLock {
  readonly #path: string;
  readonly #id: string;
  readonly #stop: () => void;
  #sureAt: Clocks;

  constructor(path: string, id: string, began: Clocks) {
    this.#path = path;
    this.#id = id;
    this.#sureAt = began;
    this.#stop = startHeartbeat(path, id);
  }

  /**
   * The process may yet be stopped between this and the change that follows, until the lock is taken over: then that one change is
   * made to what is another's. No file system lets a write depend on a lock file, so this can only be made as unlikely as it is
   * by checking right before each change.
   */
  check(): void {
    const now = clocks();
    if (!this.#isMine()) {
      throw new CoralError(
        'conflict', `${this.#path} was taken over by another program or machine, because this one showed no sign of life for a while. `
        + 'What was being written may not be there; try again.', { path: this.#path });
    }
    this.#sureAt = now;
  }

  checkAfterPause(): void {
    const [now, before] = [clocks(), this.#sureAt];
    if (now.some((ms, clock) => Math.abs(ms - (before[clock] ?? 0)) > maxTrustMs)) this.check();
  }

  release(): void {
    this.#stop();
    try {
      if (this.#isMine()) rmSync(this.#path, { force: true });
    } catch { /** The drive is gone, say. A lock left behind shows no sign of life any more. */ }
  }

  /** This locks the name, whichever file has it. */
  releaseLater(): void {
    this.release();
  }

  #isMine(): boolean {
    return readLock(this.#path)?.includes(this.#id) === true;
  }
}

type Clocks = readonly number[];

/** Two clocks: one may stop while a computer sleeps, the other may be set. */
const clocks = (): Clocks => [performance.now(), Date.now()];

/** Never leaves a lock file without its text, which would make others wait, when the disk is full. */
function makeLock(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'syscall' in error && error.syscall === 'write') rmSync(path, { force: true });
    throw error;
  }
}
