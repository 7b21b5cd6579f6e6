import { randomUUID } from 'node:crypto';
import { closeSync, lstatSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { CoralError } from '../../errors';
import { fileError, isCode, isDenied, openRegularSync } from '../../base/files';
import { isObject } from '../../base/json';
import type { FileLock, LockKind } from './fileLock';
import { firstBeat, startHeartbeat } from './heartbeat';
import { nameOf } from './lockHolder';
import { isAlive, isThisMachine, type Machine, thisMachine } from './machine';

export const lockPath = (path: string): string => `${path}.lock`;

/** A lock of another machine whose text has not changed for so long is taken over. */
export const defaultQuietMs = 30_000;

interface Owner extends Machine {
  /** of this lock, told from all others */
  readonly id: string;
  readonly pid: number;
  /** when its process started, in ms: tells it from an earlier process of the same number */
  readonly started: number;
}

const self = { ...thisMachine, pid: process.pid, started: Math.round(Date.now() - process.uptime() * 1000) };
const maxLockBytes = 4096;

/**
 * Where there is no flock (Windows, where HDF5 takes no lock either, and some network drives), a file beside the store keeps two of
 * ours apart. It names its owner, whose process can be looked for on the same machine: a dead one's lock is void at once. Of an
 * owner elsewhere nothing is known but that the lock's text changes while it lives. How long it has not changed is measured by the
 * clock of the one who waits; clocks of machines are never compared.
 */
export class LockBeside {
  readonly #path: string;
  readonly #limitMs: number;
  #isHeld = false;
  #text = '';
  #unchangedSince = performance.now();

  /** One who wants the lock of a file for as long as it waits. `path` is the file's real path. */
  constructor(path: string, limitMs = defaultQuietMs) {
    this.#path = lockPath(path);
    this.#limitMs = limitMs;
  }

  /** One who only reads, and may not write here, does without. */
  take(kind: LockKind): FileLock | 'held' {
    const id = randomUUID();
    try {
      writeFileSync(this.#path, `${JSON.stringify({ ...self, id }).slice(0, -1)},${firstBeat}}`, { flag: 'wx' });
    } catch (error) {
      if (isCode(error, 'EEXIST')) {
        this.clearIfVoid();
        return 'held';
      }
      if (kind === 'shared' && isDenied(error)) return noLock;
      throw fileError(error, this.#path);
    }
    return new OwnLock(this.#path, id);
  }

  /** Looks at the lock, and removes it when its owner is dead or has shown no sign of life for too long. Then ask `isHeld`. */
  clearIfVoid(): void {
    const text = readLock(this.#path);
    this.#isHeld = text !== undefined;
    if (text === undefined) return;
    if (text !== this.#text) this.#unchangedSince = performance.now();
    this.#text = text;
    const silentMs = performance.now() - this.#unchangedSince;
    const owner = ownerOf(text);
    if (silentMs < this.#limitMs && !(owner && isDead(owner))) return;
    if (!this.#remove(text, silentMs)) this.#isHeld = false;
  }

  /** Whether `clearIfVoid` has found a lock: then try again, also where it was void, since others may have seen that too. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** The owner, as far as it is known, and how the lock comes free. */
  get holder(): string {
    const owner = ownerOf(this.#text);
    if (owner && isThisMachine(owner)) return nameOf(owner.pid);
    const name = owner === undefined ? 'a program that is not named' : `Coral on ${owner.host} (process ${owner.pid})`;
    const seconds = Math.round(this.#limitMs / 1000);
    return `${name}, whose lock (${basename(this.#path)}) is taken over when it shows no sign of life for ${seconds} s`;
  }

  /**
   * Of those who see that a lock is void, one removes it, after another look: it may be the next owner's by then. false when this
   * one may remove nothing here.
   */
  #remove(text: string, silentMs: number): boolean {
    const marker = `${this.#path}.${ownerOf(text)?.id ?? 'void'}`;
    // One who was killed while it removed the lock.
    if (silentMs >= 2 * this.#limitMs) rmSync(marker, { force: true });
    try {
      writeFileSync(marker, '', { flag: 'wx' });
    } catch (error) {
      if (isCode(error, 'EEXIST')) return true;
      if (isDenied(error)) return false;
      throw fileError(error, this.#path);
    }
    if (readLock(this.#path) === text) rmSync(this.#path, { force: true });
    rmSync(marker, { force: true });
    return true;
  }
}

const noLock: FileLock = { release: () => undefined, releaseLater: () => undefined, check: () => undefined };

class OwnLock implements FileLock {
  readonly #path: string;
  readonly #id: string;
  readonly #stop: () => void;

  constructor(path: string, id: string) {
    this.#path = path;
    this.#id = id;
    this.#stop = startHeartbeat(path, id);
  }

  check(): void {
    if (this.#isMine()) return;
    throw new CoralError(
      'conflict', `${this.#path} was taken over by another program, because this one showed no sign of life for a while. `
      + 'Nothing was changed; try again.', { path: this.#path });
  }

  release(): void {
    this.#stop();
    if (this.#isMine()) rmSync(this.#path, { force: true });
  }

  /** It is the name that is locked, whichever file has it. */
  releaseLater(): void {
    this.release();
  }

  #isMine(): boolean {
    return readLock(this.#path)?.includes(this.#id) === true;
  }
}

/** undefined when there is none. */
function readLock(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (found.isSymbolicLink()) throw new CoralError('corrupt', `${path} is a link, not a lock. Remove it.`, { path });
  try {
    const file = openRegularSync(path, 'r');
    try {
      const bytes = Buffer.alloc(maxLockBytes);
      return bytes.toString('utf8', 0, readSync(file, bytes, 0, maxLockBytes, 0));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw fileError(error, path);
  }
}

/** undefined for one that was cut off by a kill, or is another version's: then only its silence tells. */
function ownerOf(text: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return undefined;
    const { id, pid, started, host, boot, processes } = value;
    if (typeof id !== 'string' || !/^[\w-]{1,64}$/.test(id) || !Number.isInteger(pid) || typeof started !== 'number') return undefined;
    if (typeof host !== 'string' || !/^[\w.-]{1,253}$/.test(host)) return undefined;
    if (typeof boot !== 'string' || typeof processes !== 'string') return undefined;
    return { id, pid: pid as number, started, host, boot, processes };
  } catch {
    return undefined;
  }
}

function isDead(owner: Owner): boolean {
  if (!isThisMachine(owner)) return false;
  return owner.pid === self.pid ? Math.abs(owner.started - self.started) >= 1_000 : !isAlive(owner.pid);
}
