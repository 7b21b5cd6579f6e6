import { closeSync, lstatSync, readSync } from 'node:fs';
import { CoralError } from '../../base/errors';
import { fileError, isCode, openRegularSync } from '../../base/files';
import { isObject } from '../../base/json';
import { firstBeat } from './heartbeat';
import { hasThisKernel, isAlive, isThisMachine, type Machine, thisMachine } from './machine';

/** Whom a lock file names. */
interface Owner extends Machine {
  /** of this lock, told from all others */
  readonly id: string;
  readonly pid: number;
  /** when its process started, in ms: tells it from an earlier process of the same number */
  readonly started: number;
  /** whether it holds a flock on the store as well, for as long as it lives */
  readonly flock: boolean;
}

const self = { ...thisMachine, pid: process.pid, started: Math.round(Date.now() - process.uptime() * 1000) };
const maxLockBytes = 4096;
/** Between the making of a lock file and its text nobody takes so long. */
const textlessMs = 2_000;

export function ownText(id: string, flock: boolean): string {
  return `${JSON.stringify({ ...self, id, flock }).slice(0, -1)},${firstBeat}}`;
}

/** The text of a lock file, as much of it as any lock has; undefined when there is none. */
export function readLock(path: string): string | undefined {
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

/** undefined for what is no lock, was cut off by a kill, or is another version's. */
export function ownerOf(text: string): Owner | undefined {
  const value = parsed(text);
  if (!isObject(value)) return undefined;
  const { id, pid, started, host, boot, processes, flock } = value;
  if (typeof id !== 'string' || !/^[\w-]{1,64}$/.test(id) || !Number.isInteger(pid) || typeof started !== 'number') return undefined;
  if (typeof host !== 'string' || !/^[\w.-]{1,253}$/.test(host)) return undefined;
  if (typeof boot !== 'string' || typeof processes !== 'string') return undefined;
  return { id, pid: pid as number, started, host, boot, processes, flock: flock === true };
}

/**
 * Whether nobody holds this lock any more, though it has not been silent for long. One who holds a flock knows more: no other of its
 * system does, and who has none is kept out by nothing but this file, which soon says whose it is. Without a flock one has to wait.
 */
export function isVoid(text: string, silentMs: number, hasFlock: boolean): boolean {
  const owner = ownerOf(text);
  if (owner !== undefined) return isDead(owner) || (hasFlock && owner.flock && hasThisKernel(owner));
  // What can be parsed may be another version's.
  return hasFlock && silentMs >= textlessMs && parsed(text) === undefined;
}

export function isDead(owner: Owner): boolean {
  if (!isThisMachine(owner)) return false;
  return owner.pid === self.pid ? Math.abs(owner.started - self.started) >= 1_000 : !isAlive(owner.pid);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
