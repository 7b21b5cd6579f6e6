import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CoralError, throwIfCancelled } from '../../errors';
import { fileError, isCode } from '../../base/files';

export type LockKind = 'shared' | 'exclusive';

export interface LockOptions {
  /** gives up with reason "busy" after this long */
  readonly timeoutMs: number;
  /** told what is being waited for, again whenever that changes */
  readonly onWaiting?: ((text: string) => void) | undefined;
  /** how often it is tried, more or less, in ms; 100 when absent */
  readonly pollMs?: number | undefined;
}

const usualPollMs = 100;

/** A lock on weights.h5 that h5py honours and whose holder's death frees it: flock(2), as HDF5 itself takes it. */
export interface FileLock {
  release(): void;
}

/** Takes the lock, waiting while another program holds it. The file must exist; undefined when it does not. */
export async function lockFile(path: string, kind: LockKind, options: LockOptions, signal?: AbortSignal): Promise<FileLock | undefined> {
  const deadline = Date.now() + options.timeoutMs;
  let said = '';
  let holder: string | undefined;
  for (;;) {
    throwIfCancelled(signal);
    const attempt = await tryLock(path, kind);
    if (attempt !== 'held') return attempt;
    // One who lets go just now cannot be named any more: then it was the last one seen.
    holder = holderOf(path) ?? holder;
    const text = `${basename(path)} is held by ${holder ?? 'another program'}`;
    if (Date.now() >= deadline) {
      throw new CoralError('busy', `${text}. Waited ${Math.round(options.timeoutMs / 1000)} s; try again when it is done.`, { path });
    }
    if (text !== said) options.onWaiting?.(`${text}; waiting.`);
    said = text;
    // Not in step with others who wait.
    await delay((options.pollMs ?? usualPollMs) * (0.5 + Math.random()), undefined, { ...(signal && { signal }) }).catch(() => throwIfCancelled(signal));
  }
}

async function tryLock(path: string, kind: LockKind): Promise<FileLock | 'held' | undefined> {
  const fd = openToLock(path, kind);
  if (fd === undefined) return undefined;
  try {
    const locked = await flock(fd, kind);
    if (locked === 'no flock') {
      closeSync(fd);
      return tryLockBeside(path, kind);
    }
    // The file may have been replaced while we waited for the lock on the old one.
    if (locked && fstatSync(fd).ino === statSync(path, { throwIfNoEntry: false })?.ino) return { release: () => closeSync(fd) };
    closeSync(fd);
    return 'held';
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Network file systems grant an exclusive lock only to one who may write; others do to all, which a recovery by a reader needs. */
function openToLock(path: string, kind: LockKind): number | undefined {
  try {
    return openSync(path, kind === 'exclusive' ? 'r+' : 'r');
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined;
    if (kind === 'exclusive' && isDenied(error)) return openToLock(path, 'shared');
    throw fileError(error, path);
  }
}

function isDenied(error: unknown): boolean {
  return isCode(error, 'EROFS') || isCode(error, 'EACCES') || isCode(error, 'EPERM');
}

/** LOCK_SH | LOCK_NB and LOCK_EX | LOCK_NB */
const perlFlags = { shared: 5, exclusive: 6 } as const;
const held = 1;
const perlLock = (kind: LockKind): string =>
  `use Errno; open(my $f, "<&=", 3) or exit 2; exit(flock($f, ${perlFlags[kind]}) ? 0 : $!{EWOULDBLOCK} ? ${held} : 2)`;
const tools: readonly { command: string; args: (kind: LockKind) => readonly string[] }[] = [
  { command: 'flock', args: (kind) => ['-n', kind === 'exclusive' ? '-x' : '-s', '3'] },
  { command: 'perl', args: (kind) => ['-e', perlLock(kind)] },
];

/**
 * Node cannot lock files; a child can, through the open file it inherits, and the lock stays with that file when the child ends.
 * "no flock": neither tool is here, or the file system has no locks.
 */
async function flock(fd: number, kind: LockKind): Promise<boolean | 'no flock'> {
  if (process.platform === 'win32') return 'no flock';
  for (const { command, args } of tools) {
    const status = await run(command, args(kind), fd);
    if (status === 0) return true;
    if (status === held) return false;
  }
  return 'no flock';
}

/** The exit status; undefined when there is no such command. */
function run(command: string, args: readonly string[], fd: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore', fd] });
    child.once('error', () => resolve(undefined));
    child.once('exit', (status) => resolve(status ?? 1));
  });
}

function holderOf(path: string): string | undefined {
  const pid = process.platform === 'linux' ? lockHolder(path) : undefined;
  if (pid === undefined) return undefined;
  if (pid === process.pid) return 'another task of this window';
  return `${commandOf(pid)} (pid ${pid})`;
}

/** From /proc/locks: "1: FLOCK  ADVISORY  WRITE 4711 08:01:12345 0 EOF" */
function lockHolder(path: string): number | undefined {
  try {
    const { ino } = statSync(path);
    const line = readFileSync('/proc/locks', 'utf8').split('\n').find((text) => text.includes(`:${ino} `) && !text.includes('->'));
    const pid = Number(line?.trim().split(/\s+/)[4]);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return 'a program';
  }
}

/**
 * Where there is no flock (Windows, where HDF5 takes no lock either), a file beside the store keeps two windows of ours apart.
 * It names its owner, and is void when that process is dead. One who only reads, and may not write here, does without.
 */
export function tryLockBeside(path: string, kind: LockKind): FileLock | 'held' {
  const lock = `${path}.lock`;
  try {
    writeFileSync(lock, JSON.stringify(self), { flag: 'wx' });
    return { release: () => rmSync(lock, { force: true }) };
  } catch (error) {
    if (isCode(error, 'EEXIST')) {
      removeIfVoid(lock);
      return 'held';
    }
    if (kind === 'shared' && isDenied(error)) return { release: () => undefined };
    throw fileError(error, lock);
  }
}

interface Owner {
  readonly pid: number;
  /** when its process started, in ms: tells it from an earlier process of the same number */
  readonly started: number;
}

const self: Owner = { pid: process.pid, started: Math.round(Date.now() - process.uptime() * 1000) };

/** Of those who see that the owner is dead, one at a time removes the lock, after another look: it may be the next owner's by then. */
function removeIfVoid(lock: string): void {
  const owner = readOwner(lock);
  if (owner === undefined || isAlive(owner)) return;
  const takeover = `${lock}.${owner.pid}-${owner.started}`;
  try {
    writeFileSync(takeover, '', { flag: 'wx' });
  } catch {
    return;
  }
  const still = readOwner(lock);
  if (still?.pid === owner.pid && still.started === owner.started) rmSync(lock, { force: true });
  rmSync(takeover, { force: true });
}

function readOwner(lock: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as Owner;
  } catch (error) {
    if (!(error instanceof SyntaxError)) return undefined;
    // Cut off by a kill while it was written; a live owner finishes it at once.
    const written = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    return Date.now() - written > 2_000 ? { pid: 0, started: 0 } : undefined;
  }
}

function isAlive({ pid, started }: Owner): boolean {
  if (pid === self.pid) return Math.abs(started - self.started) < 1_000;
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isCode(error, 'ESRCH');
  }
}
