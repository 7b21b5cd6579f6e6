import { spawn } from 'node:child_process';
import { closeSync, fstatSync, lstatSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CoralError, throwIfCancelled } from '../../base/errors';
import { fileError, isCode, isDenied, openRegularSync } from '../../base/files';
import { type FileLock, type LockKind, noLock } from './fileLock';
import { LockBeside } from './lockBeside';
import { holderOf } from './lockHolder';

export interface LockOptions {
  /** gives up with reason "busy" after this long */
  readonly timeoutMs: number;
  /** told what is being waited for, again whenever that changes */
  readonly onWaiting?: ((text: string) => void) | undefined;
  /** how often it is tried, more or less, in ms; 100 when absent */
  readonly pollMs?: number | undefined;
  /** for how long the owner of a lock on another machine may show no sign of life before its lock is taken over, in ms; 30,000 */
  readonly quietMs?: number | undefined;
}

const defaultPollMs = 100;
/** Finding the holder means looking through all processes. */
const lookMs = 1_000;
const latecomersMs = 5_000;

/**
 * Takes the lock of the file at this real path, waiting while another program holds it. The file must exist; undefined when it
 * does not.
 */
export async function lockFile(path: string, kind: LockKind, options: LockOptions, signal?: AbortSignal): Promise<FileLock | undefined> {
  const deadline = performance.now() + options.timeoutMs;
  const beside = new LockBeside(path, options.quietMs);
  let [said, holder, lookedAt] = ['', 'another program', -Infinity];
  for (;;) {
    throwIfCancelled(signal);
    const attempt = await tryLock(path, kind, beside);
    if (attempt !== 'held' && attempt !== 'held beside') return attempt;
    const now = performance.now();
    if (attempt === 'held beside') holder = beside.holder;
    else if (now - lookedAt >= lookMs) {
      // A holder that is just letting go cannot be named any more: report the last one seen.
      holder = holderOf(path) ?? holder;
      lookedAt = now;
    }
    const text = `${basename(path)} is held by ${holder}`;
    if (now >= deadline) {
      throw new CoralError('busy', `${text}. Waited ${Math.round(options.timeoutMs / 1000)} s; try again when it is done.`, { path });
    }
    if (text !== said) options.onWaiting?.(`${text}; waiting.`);
    said = text;
    // Random, so as not to wait in step with others.
    await delay((options.pollMs ?? defaultPollMs) * (0.5 + Math.random()), undefined, { ...(signal && { signal }) }).catch(() => throwIfCancelled(signal));
  }
}

async function tryLock(path: string, kind: LockKind, beside: LockBeside): Promise<FileLock | 'held' | 'held beside' | undefined> {
  const fd = openToLock(path, kind);
  if (fd === undefined) return undefined;
  let [keeps, release] = [false, (): void => closeSync(fd)];
  try {
    const locked = await flock(fd, kind);
    if (locked === 'no flock') {
      const lock = beside.take(kind, false);
      return lock === 'held' ? 'held beside' : lock;
    }
    if (!locked || !isStill(path, fd)) return 'held';
    const lock = takeBeside(kind, beside);
    if (lock === 'held') return 'held beside';
    const both = withFlock(fd, lock);
    release = () => both.release();
    // Before it was made, a program without flock may have replaced the file.
    keeps = isStill(path, fd);
    return keeps ? both : 'held';
  } finally {
    if (!keeps) release();
  }
}

/** What keeps those away who have no flock: one who writes makes a lock file, one who reads only looks whether there is one. */
function takeBeside(kind: LockKind, beside: LockBeside): FileLock | 'held' {
  if (kind === 'exclusive') return beside.take(kind, true);
  return beside.clearIfVoid(true) === 'held' ? 'held' : noLock;
}

/** The lock file goes first: whoever gets the flock then and finds it knows that its owner is dead. */
function withFlock(fd: number, beside: FileLock): FileLock {
  return {
    release: () => {
      beside.release();
      closeSync(fd);
    },
    releaseLater: () => {
      beside.releaseLater();
      setTimeout(() => closeSync(fd), latecomersMs).unref();
    },
    check: () => beside.check(),
    checkAfterPause: () => beside.checkAfterPause(),
  };
}

/**
 * The file may have been replaced while we waited for the lock on the old one. Whoever puts a link in its place must not choose
 * what is written to.
 */
function isStill(path: string, fd: number): boolean {
  const [open, found] = [fstatSync(fd), lstatSync(path, { throwIfNoEntry: false })];
  if (found?.isSymbolicLink() === true) {
    throw new CoralError('conflict', `${path} has been replaced by a link meanwhile. Nothing was changed; try again.`, { path });
  }
  return found?.ino === open.ino && found.dev === open.dev;
}

/** Network file systems grant an exclusive lock only to one who may write; others do to all, which a recovery by a reader needs. */
function openToLock(path: string, kind: LockKind): number | undefined {
  try {
    return openRegularSync(path, kind === 'exclusive' ? 'r+' : 'r');
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined;
    if (kind === 'exclusive' && isDenied(error)) return openToLock(path, 'shared');
    throw fileError(error, path);
  }
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
