import { statSync } from 'node:fs';
import { CoralError } from '../../base/errors';
import { type Hdf5Api, objectType } from './hdf5Api';
import { Hdf5Failure, type Hdf5Instance } from './hdf5Instance';
import { PagedFile } from './pagedFile';
import { readSuperblock } from './superblock';

/** An HDF5 file while it is open. All its calls are synchronous; whoever has it also holds the lock. */
export class Hdf5File {
  readonly path: string;
  readonly instance: Hdf5Instance;
  /** its bytes, of a file that is only read */
  readonly raw: PagedFile | undefined;
  readonly #id: bigint;

  private constructor(instance: Hdf5Instance, path: string, id: bigint, raw?: PagedFile) {
    this.instance = instance;
    this.path = path;
    this.raw = raw;
    this.#id = id;
  }

  /** undefined when the file is empty. Throws "corrupt" when it is no HDF5 file in which weights could be. */
  static openToRead(instance: Hdf5Instance, path: string): Hdf5File | undefined {
    const superblock = readSuperblock(path);
    if (superblock === undefined) return undefined;
    if (superblock.openForWriting) {
      throw new CoralError(
        'corrupt', `${path} is marked as open for writing by a program that was killed. Run "h5clear -s ${path}".`, { path });
    }
    const raw = new PagedFile(path, superblock.base);
    try {
      return Hdf5File.#open(instance, path, (api) => api.open(path, api.H5F_ACC_RDONLY, false, -1, -1), raw);
    } catch (error) {
      raw.close();
      throw error;
    }
  }

  /** The file must exist and hold HDF5 data. */
  static openToWrite(instance: Hdf5Instance, path: string): Hdf5File {
    // Later bounds would write what HDF5 1.10, and so many an h5py, cannot read.
    return Hdf5File.#open(instance, path, (api) => api.open(path, api.H5F_ACC_RDWR, false, api.H5F_LIBVER_EARLIEST, api.H5F_LIBVER_V110));
  }

  static create(instance: Hdf5Instance, path: string): Hdf5File {
    return Hdf5File.#open(instance, path, (api) => api.open(path, api.H5F_ACC_TRUNC, false, api.H5F_LIBVER_EARLIEST, api.H5F_LIBVER_V110));
  }

  static #open(instance: Hdf5Instance, path: string, open: (api: Hdf5Api) => bigint, raw?: PagedFile): Hdf5File {
    try {
      return new Hdf5File(instance, path, instance.call(open), raw);
    } catch (error) {
      if (!(error instanceof Hdf5Failure)) throw error;
      throw new CoralError(
        'corrupt', `${path} is damaged: HDF5 cannot open it (${error.message}). Restore it from a copy.`, { path }, { cause: error });
    }
  }

  /** bytes of the file */
  get size(): number {
    return this.raw?.size ?? statSync(this.path).size;
  }

  close(): void {
    this.raw?.close();
    this.call((api, id) => api.close_file(id));
  }

  call<T>(calls: (api: Hdf5Api, id: bigint) => T): T {
    return this.instance.call((api) => calls(api, this.#id));
  }

  /** The names in a group, sorted as HDF5 sorts them; none when there is no such group. Throws "corrupt" when it is no group. */
  names(group: string): string[] {
    const type = this.call((api, id) => api.get_type(id, group));
    if (type === -1) return [];
    if (type !== objectType.group) {
      throw new CoralError(
        'corrupt', `${this.path} is no Coral store: "${group}" in it is not a group. Restore it from a copy.`, { path: this.path });
    }
    return this.call((api, id) => api.get_names(id, group, false));
  }

  exists(path: string): boolean {
    return this.call((api, id) => api.get_type(id, path)) !== -1;
  }

  isDataset(path: string): boolean {
    return this.call((api, id) => api.get_type(id, path)) === objectType.dataset;
  }

  createGroup(path: string): void {
    this.call((api, id) => api.create_group(id, path, false));
  }

  /** Where the object's header lies, from the start of the HDF5 data. */
  addressOf(path: string): number {
    const reference = this.call((api, id) => Buffer.from(api.create_object_reference(id, path)));
    return Number(reference.readBigUInt64LE());
  }
}
