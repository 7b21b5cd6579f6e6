import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, dirname } from 'node:path';

const sector = 512;

interface Inode { durable: Buffer; current: Buffer }
type Folder = ReadonlyMap<string, Inode>;

/** What was known of one folder just before a call that makes something durable, or takes a name away. */
export interface Moment {
  readonly names: { readonly durable: Folder; readonly current: Folder };
  readonly contents: ReadonlyMap<Inode, Readonly<Inode>>;
  /** what had been promised by then */
  readonly promised: readonly string[];
}

/** Follows how this process writes the files of one folder, to tell what storage may hold that loses what was not made durable. */
export class UnsyncedDisk {
  readonly moments: Moment[] = [];
  readonly promised: string[] = [];
  readonly #folder: string;
  readonly #open = new Map<number, Inode | 'folder'>();
  /** where each goes on that is written to without saying where */
  readonly #offsets = new Map<number, number>();
  #durable: Map<string, Inode>;
  #current: Map<string, Inode>;
  readonly #originals: Partial<typeof fs>;

  constructor(folder: string) {
    this.#folder = folder;
    this.#current = new Map(fs.readdirSync(folder).map((name) => [name, inode(fs.readFileSync(`${folder}/${name}`))]));
    this.#durable = new Map(this.#current);
    const { openSync, writeSync, ftruncateSync, fsyncSync, fdatasyncSync, renameSync, rmSync } = fs;
    this.#originals = { openSync, writeSync, ftruncateSync, fsyncSync, fdatasyncSync, renameSync, rmSync };
    const patched = {
      openSync: (path: string, ...rest: [fs.OpenMode, fs.Mode?]): number => {
        const fd = openSync(path, ...rest);
        this.#opened(fd, path);
        return fd;
      },
      writeSync: (fd: number, bytes: Uint8Array, offset = 0, length = bytes.byteLength - offset, position?: number | null): number => {
        const done = writeSync(fd, bytes, offset, length, position);
        const file = this.#open.get(fd);
        const at = position ?? this.#offsets.get(fd) ?? 0;
        if (position === undefined || position === null) this.#offsets.set(fd, at + done);
        if (file !== undefined && file !== 'folder') write(file, at, bytes.subarray(offset, offset + done));
        return done;
      },
      ftruncateSync: (fd: number, length: number): void => {
        ftruncateSync(fd, length);
        const file = this.#open.get(fd);
        if (file !== undefined && file !== 'folder') file.current = resized(file.current, length);
      },
      fsyncSync: (fd: number): void => this.#sync(fd, fsyncSync),
      fdatasyncSync: (fd: number): void => this.#sync(fd, fdatasyncSync),
      renameSync: (from: string, to: string): void => {
        renameSync(from, to);
        const moved = this.#isHere(from) ? this.#current.get(basename(from)) : undefined;
        if (moved === undefined) return;
        this.#current.delete(basename(from));
        this.#current.set(basename(to), moved);
        this.#note();
      },
      rmSync: (path: string, options?: fs.RmOptions): void => {
        rmSync(path, options);
        if (this.#isHere(path) && this.#current.delete(basename(path))) this.#note();
      },
    };
    Object.assign(fs, patched);
    syncBuiltinESMExports();
  }

  restore(): void {
    this.#note();
    Object.assign(fs, this.#originals);
    syncBuiltinESMExports();
  }

  #isHere(path: string): boolean {
    return dirname(path) === this.#folder;
  }

  #opened(fd: number, path: string): void {
    this.#open.delete(fd);
    this.#offsets.delete(fd);
    if (path === this.#folder) this.#open.set(fd, 'folder');
    if (!this.#isHere(path)) return;
    const file = this.#current.get(basename(path)) ?? inode(Buffer.alloc(0));
    this.#current.set(basename(path), file);
    this.#open.set(fd, file);
  }

  #sync(fd: number, sync: (fd: number) => void): void {
    const file = this.#open.get(fd);
    if (file !== undefined) this.#note();
    sync(fd);
    if (file === 'folder') this.#durable = new Map(this.#current);
    else if (file !== undefined) file.durable = Buffer.from(file.current);
  }

  #note(): void {
    const all = new Set([...this.#durable.values(), ...this.#current.values()]);
    const contents = new Map([...all].map((file) => [file, { durable: file.durable, current: Buffer.from(file.current) }]));
    this.moments.push({ names: { durable: new Map(this.#durable), current: new Map(this.#current) }, contents, promised: [...this.promised] });
  }
}

/**
 * One state that the storage may be in then: of what was not durable, some sectors have arrived. Names are as they are seen, or
 * as they were durable.
 */
export function stateAt({ names, contents }: Moment, which: 'durable' | 'current', arrives: () => boolean): Map<string, Buffer> {
  return new Map([...names[which]].map(([name, file]) => {
    const { durable, current } = contents.get(file)!;
    let [content, end] = [Buffer.from(current), Math.min(durable.length, current.length)];
    for (let at = 0; at < current.length; at += sector) {
      const [old, now] = [durable.subarray(at, at + sector), current.subarray(at, at + sector)];
      if (old.equals(now)) continue;
      if (arrives()) end = Math.max(end, at + now.length);
      else old.copy(content.fill(0, at, at + now.length), at);
    }
    content = content.subarray(0, end);
    return [name, content];
  }));
}

const inode = (content: Buffer): Inode => ({ durable: content, current: Buffer.from(content) });

function write(file: Inode, position: number, bytes: Uint8Array): void {
  if (position + bytes.byteLength > file.current.length) file.current = resized(file.current, position + bytes.byteLength);
  file.current.set(bytes, position);
}

function resized(content: Buffer, length: number): Buffer {
  const other = Buffer.alloc(length);
  content.copy(other, 0, 0, length);
  return other;
}
