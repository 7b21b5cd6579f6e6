import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

export interface KillSwitch {
  /** changes made to the disk so far */
  readonly changes: () => number;
  readonly restore: () => void;
}

/**
 * Calls `die` at the nth change that this process makes to the disk, which does not happen any more, or when `torn` only in half.
 * If `die` throws, no later change happens either: the disk is as a kill at that point leaves it.
 */
export function killSwitch(at: number, torn: boolean, die: () => never): KillSwitch {
  const { writeSync, fsyncSync, fdatasyncSync, ftruncateSync, rmSync, renameSync, writeFileSync } = fs;
  const originals = { writeSync, fsyncSync, fdatasyncSync, ftruncateSync, rmSync, renameSync, writeFileSync };
  let changes = 0;
  const isDue = (): boolean => {
    changes += 1;
    if (at > 0 && changes > at) die();
    return changes === at;
  };
  const write = writeSync as (...args: unknown[]) => number;
  Object.assign(fs, {
    writeSync: (fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number => {
      if (fd < 3 || !isDue()) return write(fd, bytes, offset, length, position);
      if (torn) write(fd, bytes, offset, length >> 1, position);
      return die();
    },
  });
  for (const name of ['fsyncSync', 'fdatasyncSync', 'ftruncateSync', 'rmSync', 'renameSync', 'writeFileSync'] as const) {
    const original = originals[name] as (...args: unknown[]) => unknown;
    Object.assign(fs, { [name]: (...args: unknown[]): unknown => (isDue() ? die() : original(...args)) });
  }
  syncBuiltinESMExports();
  return {
    changes: () => changes,
    restore: () => {
      Object.assign(fs, originals);
      syncBuiltinESMExports();
    },
  };
}
