import { isHash } from '../../base/validate';
import { type DatasetHeader, hasAttributes, readDatasetHeader } from './datasetHeader';
import type { Hdf5File } from './hdf5File';
import { Hdf5Failure } from './hdf5Instance';
import type { RawReader } from './objectHeader';
import { MemberAddresses } from './symbolTable';

/** The datasets of one group, named by hash, and what is known of them while the file does not change. */
export class Members {
  readonly group: string;
  readonly #needed: readonly string[];
  #names: Set<string> | undefined;
  /** null for a group that only HDF5 can read */
  #addresses: MemberAddresses | null | undefined;
  readonly #readable = new Map<string, boolean>();

  /**
   * A dataset that lacks a `needed` attribute counts as absent: a killed writer leaves such, and so does a failed pull by the
   * Python tool.
   */
  constructor(group: string, needed: readonly string[]) {
    this.group = group;
    this.#needed = needed;
  }

  path(hash: string): string {
    return `${this.group}/${hash}`;
  }

  list(file: Hdf5File): string[] {
    return this.#asTheyLie(file).filter((hash) => this.has(file, hash)).sort();
  }

  has(file: Hdf5File, hash: string): boolean {
    if (!this.#all(file).has(hash)) return false;
    const known = this.#readable.get(hash);
    if (known !== undefined) return known;
    const readable = this.#quickly(file, hash, (raw, address) => hasAttributes(raw, address, this.#needed)) === true || this.#isReadable(file, hash);
    this.#readable.set(hash, readable);
    return readable;
  }

  /** Whether something has that name, readable or not. */
  isTaken(file: Hdf5File, hash: string): boolean {
    return this.#all(file).has(hash);
  }

  /**
   * Calls `use` with the dataset's header, read without HDF5; undefined when only HDF5 can read it, which knows more layouts and
   * says what is damaged.
   */
  quickly<T>(file: Hdf5File, hash: string, wanted: ReadonlySet<string>, use: (header: DatasetHeader) => T): T | undefined {
    return this.#quickly(file, hash, (raw, address) => use(readDatasetHeader(raw, address, wanted)));
  }

  /** After a write of ours. */
  update(written: Iterable<string>): void {
    this.#addresses = undefined;
    for (const hash of written) {
      this.#names?.add(hash);
      this.#readable.delete(hash);
    }
  }

  #all(file: Hdf5File): Set<string> {
    this.#names ??= new Set(file.names(this.group).filter(isHash));
    return this.#names;
  }

  /** In the order of their headers in the file, so that each page is read once. */
  #asTheyLie(file: Hdf5File): string[] {
    const all = this.#all(file);
    const addresses = this.#find(file, (members, raw) => members.all(raw)) ?? new Map<string, number>();
    const placed = [...addresses].sort(([, one], [, other]) => one - other).flatMap(([name]) => (all.has(name) ? [name] : []));
    return placed.length === all.size ? placed : [...new Set([...placed, ...all])];
  }

  #quickly<T>(file: Hdf5File, hash: string, read: (raw: RawReader, address: number) => T): T | undefined {
    return this.#find(file, (members, raw) => {
      const address = members.find(raw, hash);
      return address === undefined ? undefined : read(raw, address);
    });
  }

  /** Calls `find` with the group's own bytes; undefined where only HDF5 can read them. */
  #find<T>(file: Hdf5File, find: (members: MemberAddresses, raw: RawReader) => T): T | undefined {
    const { raw } = file;
    if (raw === undefined || this.#addresses === null) return undefined;
    try {
      if (this.#addresses === undefined) {
        this.#addresses = null;
        this.#addresses = MemberAddresses.of(raw, file.addressOf(this.group)) ?? null;
      }
      return this.#addresses === null ? undefined : find(this.#addresses, raw);
    } catch {
      return undefined;
    }
  }

  /** A link may lead nowhere: that counts as absent too. A damaged dataset is there: reading it says what is wrong. */
  #isReadable(file: Hdf5File, hash: string): boolean {
    try {
      const names = file.call((api, id) => api.get_attribute_names(id, this.path(hash)));
      return this.#needed.every((name) => names.includes(name));
    } catch (error) {
      if (!(error instanceof Hdf5Failure)) throw error;
      return isDamagedDataset(file, this.path(hash));
    }
  }
}

function isDamagedDataset(file: Hdf5File, path: string): boolean {
  try {
    return file.isDataset(path);
  } catch (error) {
    if (!(error instanceof Hdf5Failure)) throw error;
    return true;
  }
}
