import { closeSync, fchmodSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { isCode } from '../../base/files';
import { CoralError } from '../../base/errors';
import { syncFolderOf, writeAll } from './durable';
import { Hdf5File } from './hdf5File';
import { Hdf5Instance } from './hdf5Instance';
import { spoolPath } from './spools';

/** The groups of every store. */
export const groups = ['/weights', '/metadata', '/deltas'];

/** Another writer may make it at the same moment. */
export function makeEmpty(path: string): void {
  try {
    closeSync(openSync(path, 'wx'));
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  }
}

/**
 * Replaces the empty file by a store without weights, atomically. The caller holds the exclusive lock of the empty file; that
 * lock does not cover the new file.
 */
export async function replaceEmpty(path: string, checkLock: () => void): Promise<void> {
  const draft = spoolPath(path, 'new');
  try {
    rmSync(draft, { force: true });
    await makeStore(draft, statSync(path).mode & 0o777);
    checkLock();
    if (statSync(path).size > 0) {
      throw new CoralError('conflict', `${path} was written to by another program meanwhile. Nothing was changed; try again.`, { path });
    }
    renameSync(draft, path);
    syncFolderOf(path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Makes a store without weights at a path where nothing is, behind a user block if one is given. Durable, but for its name. */
export async function makeStore(path: string, mode: number, userBlock: Buffer = Buffer.alloc(0)): Promise<void> {
  const data = await emptyStore(spoolPath(path, 'empty'));
  data.writeBigUInt64LE(BigInt(userBlock.byteLength), startAt);
  data.writeBigUInt64LE(data.readBigUInt64LE(endAt) + BigInt(userBlock.byteLength), endAt);
  // Never through a link that somebody has put there.
  const file = openSync(path, 'wx', mode);
  try {
    fchmodSync(file, mode);
    writeAll(file, Buffer.concat([userBlock, data]), 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Where the superblock, as it is made here, holds where the file's data starts and ends. */
const [startAt, endAt] = [24, 40];

/** HDF5 itself would write through a link at `scratch`. */
async function emptyStore(scratch: string): Promise<Buffer> {
  rmSync(scratch, { force: true });
  closeSync(openSync(scratch, 'wx'));
  const instance = await Hdf5Instance.create(scratch);
  try {
    const file = Hdf5File.create(instance, scratch);
    for (const group of groups) file.createGroup(group);
    file.close();
    return readFileSync(scratch);
  } finally {
    instance.release();
    rmSync(scratch, { force: true });
  }
}
