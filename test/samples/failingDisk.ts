import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const numbers = { EIO: 5, ENOSPC: 28, EROFS: 30 } as const;
const texts = { EIO: 'i/o error', ENOSPC: 'no space left on device', EROFS: 'read-only file system' } as const;

/** Lets the nth call of this process that would change a file's content fail, as the system's call does that finds a broken disk. */
export function failingDisk(at: number, code: keyof typeof numbers): { calls: () => number; restore: () => void } {
  const { writeSync, fsyncSync, fdatasyncSync, ftruncateSync } = fs;
  const originals = { writeSync, fsyncSync, fdatasyncSync, ftruncateSync };
  let calls = 0;
  for (const [name, original] of Object.entries(originals) as [string, (...args: unknown[]) => unknown][]) {
    Object.assign(fs, {
      [name]: (fd: number, ...rest: unknown[]): unknown => {
        if (fd < 3) return original(fd, ...rest);
        calls += 1;
        if (calls !== at) return original(fd, ...rest);
        const syscall = name.replace('Sync', '');
        throw Object.assign(new Error(`${code}: ${texts[code]}, ${syscall}`), { code, errno: -numbers[code], syscall });
      },
    });
  }
  syncBuiltinESMExports();
  return {
    calls: () => calls,
    restore: () => {
      Object.assign(fs, originals);
      syncBuiltinESMExports();
    },
  };
}
