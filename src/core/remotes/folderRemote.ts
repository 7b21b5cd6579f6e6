import { randomUUID } from 'node:crypto';
import { access, constants, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CoralError } from '../base/errors';
import { folderHistory } from '../history/folderRecords';
import type { HistoryStore } from '../history/recordKinds';
import { compactStore } from '../storage/hdf5/compactStore';
import { HDF5Store } from '../storage/hdf5/hdf5Store';
import { fileError, isCode, makeFolder } from '../base/files';
import type { DropOptions, StoredKey } from '../storage/survey';
import { FileRefs } from './fileRefs';
import { checkLinks } from './checkLinks';
import type { RemoteOptions, RemoteStore } from './remoteStore';

/** A folder that holds weights.h5, refs.json, and a folder for each kind of record. */
export class FolderRemote implements RemoteStore {
  readonly credentialsSource = 'none needed';
  readonly store: HDF5Store;
  readonly history: HistoryStore;
  readonly refs: FileRefs;
  readonly warnings: readonly string[];
  readonly #folder: string;
  readonly #onWaiting: RemoteOptions['onWaiting'];

  private constructor(folder: string, store: HDF5Store, warnings: readonly string[], onWaiting: RemoteOptions['onWaiting']) {
    this.store = store;
    this.history = folderHistory(folder);
    this.refs = new FileRefs(folder);
    this.warnings = warnings;
    this.#folder = folder;
    this.#onWaiting = onWaiting;
  }

  static async open(folder: string, { compression, onWaiting }: RemoteOptions): Promise<FolderRemote> {
    const warnings: string[] = [];
    const onWarning = (text: string): void => { warnings.push(text); };
    await refuseFile(folder);
    await checkLinks(folder);
    const store = await HDF5Store.open(join(folder, 'weights.h5'), { mode: 'write', compression, onWaiting, onWarning });
    return new FolderRemote(folder, store, warnings, onWaiting);
  }

  async exists(): Promise<boolean> {
    return stat(this.#folder).then((found) => found.isDirectory(), () => false);
  }

  async prepareToWrite(): Promise<void> {
    await makeFolder(this.#folder);
  }

  async probeWrite(): Promise<void> {
    const store = join(this.#folder, 'weights.h5');
    try {
      if (!await this.exists()) return await mayMake(this.#folder);
      const path = join(this.#folder, `.coral-write-test-${randomUUID()}`);
      await (await open(path, 'wx')).close();
      await rm(path);
      await access(store, constants.W_OK).catch((error: unknown) => { if (!isCode(error, 'ENOENT')) throw error; });
    } catch (error) {
      throw unwritable(error, this.#folder);
    }
  }

  async drop(keys: readonly StoredKey[], options: DropOptions): Promise<void> {
    await compactStore(join(this.#folder, 'weights.h5'), keys, { ...options, onWaiting: this.#onWaiting });
  }

  now(): Promise<number> {
    return Promise.resolve(Date.now());
  }

  async close(): Promise<void> {
    await this.store.close();
  }
}

/** Rejects unless the nearest existing folder is writable. Nothing is written to find out, since the folder may be anybody's. */
async function mayMake(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (isCode(error, 'ENOENT') && dirname(path) !== path) return undefined;
    throw error;
  });
  if (found === undefined) return mayMake(dirname(path));
  await access(path, constants.W_OK | constants.X_OK);
}

/** Rejects with reason "invalid" where the remote's folder, or one above it, is a file. */
async function refuseFile(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) return;
  } catch (error) {
    return isCode(error, 'ENOTDIR') ? refuseFile(dirname(path)) : undefined; // other problems are reported when the folder is used
  }
  throw new CoralError('invalid', `${path} is a file, not a folder. Choose another folder for this remote.`, { path });
}

function unwritable(error: unknown, folder: string): CoralError {
  const known = fileError(error, folder);
  if (known.reason !== 'denied') return known;
  return new CoralError('denied', `You may not write to ${folder}. Check its permissions.`, { path: folder }, { cause: error });
}
