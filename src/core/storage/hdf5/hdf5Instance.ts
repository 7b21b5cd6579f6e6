import { closeSync, ftruncateSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import type { EmscriptenFs, Hdf5Api } from './hdf5Api';

/** The folder with hdf5.wasm and plugins/; set by the build. */
declare const CORAL_ASSETS: string;

/** Stands between HDF5 and the file: transaction.ts. */
export interface WriteGuard {
  /** the file is never truncated before this position */
  readonly end: number;
  /** Holds back some of the bytes, from the first on, and returns how many; the others go to the file. */
  hold(position: number, bytes: Uint8Array): number;
  /** Puts what is held back over bytes that were read from the file. */
  overlay(position: number, bytes: Uint8Array): void;
  /** Throws when the file may not be changed any more. */
  checkLock(): void;
}

const pool: Hdf5Instance[] = [];
const maxFree = 2;
const maxKeptBytes = 64 * 1024 * 1024;

/** What HDF5 said when a call failed. The instance that said it is sound; what was being written is not. */
export class Hdf5Failure extends Error {
  override readonly name = 'Hdf5Failure';
}

/**
 * One instance of the HDF5 library, for one file. It can open nothing else: links and filters that point elsewhere fail.
 *
 * Errors: HDF5 prints them (to descriptor 2, which is caught here) and unwinds cleanly, so an instance outlives them. One that
 * trapped (out of memory, say) must be disposed of.
 */
export class Hdf5Instance {
  readonly api: Hdf5Api;
  #path: string;
  #said = '';
  #guard: WriteGuard | undefined;
  /** why a write failed: HDF5 itself could only say that it did */
  #writeError: Error | undefined;
  /** WebAssembly trapped: what its memory holds is unknown */
  #trapped = false;

  private constructor(api: Hdf5Api, path: string) {
    this.api = api;
    this.#path = resolve(path);
    this.#confine(api.FS);
  }

  /** A free instance, or a new one: that takes 40 ms and 18 MiB. */
  static async create(path: string): Promise<Hdf5Instance> {
    const free = pool.pop();
    if (free !== undefined) {
      free.#path = resolve(path);
      return free;
    }
    const instance = new Hdf5Instance(await createApi(), path);
    instance.api.insert_plugin_search_path(join(CORAL_ASSETS, 'plugins'), 0);
    return instance;
  }

  /** Returns the instance to the pool, if it holds nothing open and has not grown much: it never gives memory back. */
  release(): void {
    const busy = this.#trapped || this.#guard !== undefined || this.api.FS.streams.some((stream) => stream && stream.nfd > 2);
    if (!busy && pool.length < maxFree && this.api.HEAPU8.byteLength <= maxKeptBytes) pool.push(this);
    else this.dispose();
  }

  /** Runs one or more calls. Throws what made a write fail (the guard, the file system), else Hdf5Failure when HDF5 reported an error. */
  call<T>(calls: (api: Hdf5Api) => T): T {
    this.#said = '';
    this.#writeError = undefined;
    let result: T | undefined;
    let thrown: unknown;
    try {
      result = calls(this.api);
    } catch (error) {
      thrown = error;
    }
    const refused = this.#writeError as Error | undefined;
    if (refused !== undefined) throw refused;
    if (this.#said !== '') throw new Hdf5Failure(summary(this.#said));
    if (thrown === undefined) return result as T;
    this.#trapped = true;
    throw thrown instanceof Error ? thrown : new Error('HDF5 trapped', { cause: thrown });
  }

  /** `use` gets the address of that many bytes, which are free again afterwards. Views of the memory must be taken anew after each call. */
  withMemory<T>(bytes: number, use: (pointer: number) => T): T {
    const pointer = this.api._malloc(Math.max(bytes, 8));
    if (pointer === 0) throw new Hdf5Failure(`no memory for ${bytes} bytes`);
    try {
      return use(pointer);
    } finally {
      this.api._free(pointer);
    }
  }

  guard(guard: WriteGuard | undefined): void {
    this.#guard = guard;
  }

  /** Closes the files it has open without writing what it still holds back. */
  dispose(): void {
    this.#guard = refuseAll;
    for (const stream of this.api.FS.streams) if (stream && stream.nfd > 2) closeSync(stream.nfd);
  }

  #confine(fs: EmscriptenFs): void {
    const plugins = resolve(CORAL_ASSETS, 'plugins') + sep;
    const { open, read } = fs;
    fs.open = (path, flags, mode) => {
      const full = resolve(path);
      if (full !== this.#path && !`${full}${sep}`.startsWith(plugins)) throw new fs.ErrnoError(permissionDenied);
      return open.call(fs, path, flags, mode);
    };
    fs.read = (stream, buffer, offset, length, position) => {
      const at = position ?? stream.position;
      const count = read.call(fs, stream, buffer, offset, length, position);
      if (stream.path === this.#path) this.#guard?.overlay(at, bytesAt(buffer, offset, count));
      return count;
    };
    fs.write = (stream, buffer, offset, length, position) => {
      const bytes = bytesAt(buffer, offset, length);
      if (stream.fd === standardError) {
        this.#said += Buffer.from(bytes).toString();
        return length;
      }
      return this.#writing(fs, () => {
        const at = position ?? stream.position;
        const held = this.#guard?.hold(at, bytes) ?? 0;
        const done = held === length ? held : held + writeSync(stream.nfd, bytes, held, length - held, at + held);
        if (position === undefined) stream.position += done;
        return done;
      });
    };
    fs.ftruncate = (fd, length) => {
      const stream = fs.streams[fd];
      // HDF5 may truncate what it no longer needs; what is guarded must stay.
      if (stream && length >= (this.#guard?.end ?? 0)) this.#writing(fs, () => {
        this.#guard?.checkLock();
        ftruncateSync(stream.nfd, length);
      });
    };
  }

  /** Keeps the cause of a failure; HDF5 only learns that it failed. */
  #writing<T>(fs: EmscriptenFs, write: () => T): T {
    try {
      return write();
    } catch (error) {
      this.#writeError ??= error as Error;
      throw new fs.ErrnoError(inputOutputError);
    }
  }
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** The library is 4 MB: nothing of it is loaded before the first store is opened, and it is compiled once. */
async function createApi(): Promise<Hdf5Api> {
  compiled ??= readFile(join(CORAL_ASSETS, 'hdf5.wasm')).then((bytes) => WebAssembly.compile(bytes));
  const [{ default: createModule }, module] = await Promise.all([
    // Not exported by the package, whose version is therefore pinned.
    import('../../../../node_modules/h5wasm/dist/node/hdf5_util.js'), compiled,
  ]);
  return await createModule({
    noInitialRun: true,
    instantiateWasm: (imports, done) => done(new WebAssembly.Instance(module, imports), module),
    // What it prints when it traps (damaged lzf data does that) is in the error too.
    printErr: () => undefined,
  }) as Hdf5Api;
}

/** The numbers emscripten gives to errors. */
const permissionDenied = 2;
const inputOutputError = 29;
const standardError = 2;

function bytesAt(buffer: Uint8Array, offset: number, length: number): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
}

const refuseAll: WriteGuard = {
  end: Infinity,
  hold: () => { throw new Error('This HDF5 instance has been disposed of.'); },
  overlay: () => undefined,
  checkLock: () => undefined,
};

/** The innermost messages of HDF5's error stack, the cause first, without those about plugin folders. */
function summary(stack: string): string {
  const messages = [...stack.matchAll(/^ *#\d+: .* in \w+\(\): (.*)$/gm)].map((match) => match[1] ?? '').filter((message) => !/plugin/.test(message));
  return messages.length === 0 ? stack.trim().slice(0, 200) : messages.slice(-3).reverse().join(': ');
}
