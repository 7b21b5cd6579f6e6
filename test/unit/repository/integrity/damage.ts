import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { python } from '../../../python/python.mjs';

/** Runs Python on a weights.h5 that h5py has open for writing as `f`; `args` are its strings a[0], a[1], ... */
export function withH5py(path: string, script: string, ...args: string[]): void {
  execFileSync(python, ['-c', `import h5py, sys, numpy as np\na = sys.argv[2:]\nwith h5py.File(sys.argv[1], 'a') as f:\n  ${script.replaceAll('\n', '\n  ')}`, path, ...args]);
}

/** Flips one bit in the middle of the stored bytes of a dataset: of its first chunk, or of its one block. */
export function flipBit(path: string, dataset: string): void {
  overwrite(path, dataset, (bytes) => { bytes[Math.floor(bytes.length / 2)]! ^= 1; });
}

/** Sets the second half of a dataset's stored bytes to 0, as a write that was cut off leaves them. */
export function cutChunk(path: string, dataset: string): void {
  overwrite(path, dataset, (bytes) => { bytes.fill(0, Math.floor(bytes.length / 2)); });
}

/** Overwrites what HDF5 keeps of a dataset besides its data: where that lies, its type, its shape. */
export function eraseHeader(path: string, dataset: string): void {
  const place = 'import h5py, sys\nwith h5py.File(sys.argv[1], "r") as f: print(h5py.h5o.get_info(f[sys.argv[2]].id).addr)';
  const address = Number(execFileSync(python, ['-c', place, path, dataset], { encoding: 'utf8' }));
  const file = readFileSync(path);
  file.fill(0xee, address, address + 64);
  writeFileSync(path, file);
}

function overwrite(path: string, dataset: string, change: (bytes: Buffer) => void): void {
  const place = `import h5py, sys
with h5py.File(sys.argv[1], 'r') as f:
  d = f[sys.argv[2]].id
  c = d.get_chunk_info(0) if f[sys.argv[2]].chunks else None
  print(*((c.byte_offset, c.size) if c else (d.get_offset(), d.get_storage_size())))`;
  const [offset = 0, size = 0] = execFileSync(python, ['-c', place, path, dataset], { encoding: 'utf8' }).trim().split(' ').map(Number);
  const file = readFileSync(path);
  change(file.subarray(offset, offset + size));
  writeFileSync(path, file);
}

/** Rewrites a JSON file by what `edit` does to its content. */
export function editJson(path: string, edit: (data: Record<string, unknown>) => void): void {
  const data = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  edit(data);
  writeFileSync(path, JSON.stringify(data, null, 2));
}

/** The files of a folder, sorted. */
export const filesIn = (...folder: string[]): string[] => readdirSync(join(...folder)).sort();
