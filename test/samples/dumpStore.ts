import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { python } from '../python/python.mjs';

export interface DumpedWeight {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** of the elements in C order and stored byte order */
  readonly sha256: string;
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** Every weight of an HDF5 store as h5py sees it, by hash. */
export function dumpStore(path: string): Record<string, DumpedWeight> {
  const output = execFileSync(python, [resolve('test/samples/dumpStore.py'), path], { maxBuffer: 1 << 28, encoding: 'utf8' });
  return JSON.parse(output) as Record<string, DumpedWeight>;
}
