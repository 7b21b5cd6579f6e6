import { closeSync, fstatSync } from 'node:fs';
import { openRegularSync } from '../../base/files';
import { type RawReader, unknownLayout } from './objectHeader';
import { readAt } from './superblock';

const pageBytes = 8 * 1024;
const maxPages = 2048;

/** Many small reads of a file that nobody changes meanwhile. Throws for what lies outside of it. */
export class PagedFile implements RawReader {
  /** bytes of the file */
  readonly size: number;
  readonly #fd: number;
  readonly #base: number;
  readonly #pages = new Map<number, Buffer>();
  #open = true;

  /** Addresses count from `base`. */
  constructor(path: string, base: number) {
    this.#fd = openRegularSync(path, 'r');
    this.#base = base;
    this.size = fstatSync(this.#fd).size;
  }

  /** The bytes must not be changed: they are shared. */
  read(address: number, length: number): Buffer {
    const start = this.#base + address;
    if (!(address >= 0 && start + length <= this.size)) throw unknownLayout('an address outside of the file');
    const at = start % pageBytes;
    if (at + length > pageBytes) return readAt(this.#fd, start, length);
    return this.#page(start - at).subarray(at, at + length);
  }

  close(): void {
    if (this.#open) closeSync(this.#fd);
    this.#open = false;
  }

  #page(start: number): Buffer {
    const known = this.#pages.get(start);
    if (known !== undefined) return known;
    if (this.#pages.size >= maxPages) this.#pages.clear();
    const page = readAt(this.#fd, start, pageBytes);
    this.#pages.set(start, page);
    return page;
  }
}
