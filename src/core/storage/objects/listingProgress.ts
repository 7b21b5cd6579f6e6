import { CoralError } from '../../base/errors';

/** Keys of one listing; their hashes are held in memory, about 200 bytes each. */
const maxListed = 2_000_000;
/** Some servers give an empty page now and then, where much was deleted. */
const maxEmptyPages = 100;

/**
 * Whether the pages of a listing lead anywhere. Not every server keeps the order of keys, but none that works begins two pages
 * with the same key. What does not is of reason "invalid": nothing is wrong with the connection, and asking again would bring the
 * same.
 */
export class ListingProgress {
  readonly #location: string;
  readonly #prefix: string;
  readonly #firstKeys = new Set<string>();
  #keys = 0;
  #emptyPages = 0;

  constructor(location: string, prefix: string) {
    this.#location = location;
    this.#prefix = prefix;
  }

  /** To be called with each page, from its first key and how many it has; throws when the listing is to be given up. */
  page(firstKey: string | undefined, keys: number): void {
    this.#keys += keys;
    this.#emptyPages = keys === 0 ? this.#emptyPages + 1 : 0;
    if (this.#emptyPages > maxEmptyPages) throw this.#endless(`${maxEmptyPages} pages in a row were empty`);
    if (firstKey === undefined) return;
    if (this.#firstKeys.has(firstKey)) throw this.#endless('it repeats itself');
    this.#firstKeys.add(firstKey);
    if (this.#keys > maxListed) {
      const what = `more than ${maxListed} objects below "${this.#prefix}"`;
      throw new CoralError('unsupported', `${this.#location} lists ${what}, which Coral for VS Code cannot hold.`);
    }
  }

  #endless(why: string): CoralError {
    return new CoralError(
      'invalid', `The listing of "${this.#prefix}" at ${this.#location} does not end: ${why}. `
      + 'Correct the endpoint of this remote, or tell whoever runs the server.');
  }
}
