import { closeSync, constants, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRegularSync } from '../../base/files';
import { CoralError } from '../../base/errors';
import type { StoredKey } from '../survey';
import { syncFolderOf, writeAll } from './durable';
import type { Extent } from './extents';
import { lockFile } from './lockFile';
import { realPathOf } from './realPathOf';
import { readSuperblock } from './superblock';

/** How to find a dataset without HDF5, and what is said of it. */
export interface RawDataset {
  readonly extents: readonly Extent[];
  readonly description: Readonly<Record<string, unknown>>;
}

/** A store, for what it says of a weight or delta that need not be sound. */
interface Holder {
  isTaken(key: StoredKey): Promise<boolean>;
  rawDataset(key: StoredKey): Promise<RawDataset>;
}

/**
 * Copies what lies under a weight's or delta's name into `folder`, byte for byte as it is stored, damaged as it may be: KIND-HASH-TIME.bin,
 * and a .json that says what the bytes are. Where the file's layout is not known, all of it is copied, once. Returns the path;
 * undefined when nothing is there.
 */
export async function quarantine(store: Holder, path: string, key: StoredKey, folder: string): Promise<string | undefined> {
  if (!await store.isTaken(key)) return undefined;
  mkdirSync(folder, { recursive: true });
  const raw = await store.rawDataset(key).catch((error: unknown) => {
    if (CoralError.is(error, 'corrupt') || CoralError.is(error, 'unsupported')) return undefined;
    throw error;
  });
  const file = realPathOf(path);
  const lock = await lockFile(file, 'shared', { timeoutMs: 60_000 });
  try {
    return raw === undefined ? copyWhole(file, folder) : copyExtents(file, raw, join(folder, `${key.kind}-${key.hash}-${timestamp()}`));
  } finally {
    lock?.release();
  }
}

/** Moves a file that is no store any more out of the way; of a link, what it leads to. Returns where it is now. */
export async function quarantineFile(path: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const file = realPathOf(path);
  const lock = await lockFile(file, 'exclusive', { timeoutMs: 60_000 });
  try {
    const moved = join(folder, `weights-${timestamp()}.h5`);
    renameSync(file, moved);
    syncFolderOf(file);
    return moved;
  } finally {
    lock?.release();
  }
}

function copyExtents(path: string, { extents, description }: RawDataset, target: string): string {
  const base = readSuperblock(path)?.base ?? 0;
  const from = openRegularSync(path, 'r');
  const to = openSync(`${target}.bin`, 'wx');
  try {
    let position = 0;
    for (const { address, bytes } of extents) {
      copyRange(from, base + address, to, position, bytes);
      position += bytes;
    }
    fsyncSync(to);
  } finally {
    closeSync(from);
    closeSync(to);
  }
  writeFileSync(`${target}.json`, JSON.stringify({ ...description, storedBytes: extents }, null, 2), { flag: 'wx' });
  syncFolderOf(`${target}.bin`);
  return `${target}.bin`;
}

function copyRange(from: number, position: number, to: number, target: number, bytes: number): void {
  const buffer = Buffer.alloc(Math.min(bytes, 1024 * 1024));
  for (let done = 0; done < bytes;) {
    const read = readSync(from, buffer, 0, Math.min(buffer.byteLength, bytes - done), position + done);
    if (read === 0) return; // it ends before that: there is no more to keep
    writeAll(to, buffer.subarray(0, read), target + done);
    done += read;
  }
}

function copyWhole(path: string, folder: string): string {
  const copy = join(folder, `weights-${statSync(path).mtime.toISOString().replaceAll(':', '.')}.h5`);
  if (!existsSync(copy)) copyFileSync(path, copy, constants.COPYFILE_EXCL);
  return copy;
}

const timestamp = (): string => new Date().toISOString().replaceAll(':', '.');
