import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { HDF5Store } from '../../../../src/core/storage/hdf5/hdf5Store';
import { Weight } from '../../../../src/core/weights/weight';
import { noiseWeight } from './stores';

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
  const { writeSync, fsyncSync, fdatasyncSync, ftruncateSync, rmSync, renameSync } = fs;
  const originals = { writeSync, fsyncSync, fdatasyncSync, ftruncateSync, rmSync, renameSync };
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
  for (const name of ['fsyncSync', 'fdatasyncSync', 'ftruncateSync', 'rmSync', 'renameSync'] as const) {
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

/** Writes seven weights in two goes, and one that was there over itself. Tells of each whose write has resolved. */
export async function writeSome(path: string, written: (hash: string) => void): Promise<void> {
  const store = await HDF5Store.open(path, { mode: 'write', compression: 'gzip' });
  const halves = Weight.from({ name: 'halves', shape: [64], dtype: 'float16' }, new Uint8Array(128).fill(60));
  const batches = [[1, 2, 3, 4, 5].map((seed) => noiseWeight(`first.${seed}`, [40, 40], seed)), [halves, noiseWeight('second', [3000], 6)]];
  try {
    for (const batch of batches) {
      await Promise.all(batch.map(async (weight) => {
        await store.write(weight);
        written(weight.metadata.hash);
      }));
    }
    const [old = ''] = await store.list();
    const weight = await store.read(old);
    if (weight !== undefined) await store.write(weight, { force: true });
  } finally {
    await store.close();
  }
}
