import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HDF5Store } from '../storage/hdf5/hdf5Store';
import { fileError } from '../storage/jsonFile';
import { FileRefs } from './fileRefs';
import type { RemoteOptions, RemoteStore } from './remoteStore';

/** A folder that holds weights.h5 and refs.json. */
export class FolderRemote implements RemoteStore {
  readonly credentialsSource = 'none needed';
  readonly store: HDF5Store;
  readonly refs: FileRefs;
  readonly warnings: readonly string[];
  readonly #folder: string;

  private constructor(folder: string, store: HDF5Store, warnings: readonly string[]) {
    this.store = store;
    this.refs = new FileRefs(folder);
    this.warnings = warnings;
    this.#folder = folder;
  }

  static async open(folder: string, { compression, onWaiting }: RemoteOptions): Promise<FolderRemote> {
    const warnings: string[] = [];
    const onWarning = (text: string): void => { warnings.push(text); };
    return new FolderRemote(folder, await HDF5Store.open(join(folder, 'weights.h5'), { mode: 'write', compression, onWaiting, onWarning }), warnings);
  }

  async exists(): Promise<boolean> {
    return stat(this.#folder).then((found) => found.isDirectory(), () => false);
  }

  async prepareToWrite(): Promise<void> {
    await mkdir(this.#folder, { recursive: true }).catch((error: unknown) => { throw fileError(error, this.#folder); });
  }

  async close(): Promise<void> {
    await this.store.close();
  }
}
