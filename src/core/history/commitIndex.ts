import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CoralError, throwIfCancelled } from '../base/errors';
import { mapConcurrently } from '../base/mapConcurrently';
import { commitsIn, readCommit } from './readHistory';

/** Which commits there are, without what they say. */
interface CommitNames {
  readonly commits: ReadonlySet<string>;
  /** the damaged ones, which are not among them */
  readonly problems: readonly CoralError[];
}

interface Looked {
  readonly stamp: string | undefined;
  readonly problem?: CoralError | undefined;
}

interface CommitIndexOptions {
  /** A file changed within this many milliseconds may change again without a new timestamp, so it is read every time. */
  readonly settling?: number | undefined;
  readonly read?: typeof readCommit | undefined;
}

const concurrency = 64;

/**
 * The commits of a folder, for asking again and again: a file is read when it is first seen, and again only when its size or one of
 * its times has changed. Remembers a line a commit, and nothing of what commits say.
 */
export class CommitIndex {
  readonly #folder: string;
  readonly #settling: number;
  readonly #read: typeof readCommit;
  readonly #looked = new Map<string, Looked>();

  /** @param folder `.coral/objects/commits` */
  constructor(folder: string, { settling = 3_000, read = readCommit }: CommitIndexOptions = {}) {
    this.#folder = folder;
    this.#settling = settling;
    this.#read = read;
  }

  /** What was read before an interruption is not read again. */
  async read(signal?: AbortSignal): Promise<CommitNames> {
    const problems: CoralError[] = [];
    const hashes = await commitsIn(this.#folder).catch((error: unknown) => { problems.push(CoralError.from(error)); return []; });
    const found = await mapConcurrently(hashes, concurrency, async (hash) => {
      throwIfCancelled(signal);
      return this.#look(hash);
    });
    const here = new Set(hashes);
    for (const hash of this.#looked.keys()) if (!here.has(hash)) this.#looked.delete(hash);
    return {
      commits: new Set(hashes.filter((_, index) => found[index] !== undefined && found[index].problem === undefined)),
      problems: [...problems, ...found.flatMap((looked) => looked?.problem ?? [])],
    };
  }

  /** undefined when the file is gone. */
  async #look(hash: string): Promise<Looked | undefined> {
    const stamp = await this.#stampOf(join(this.#folder, `${hash}.json`));
    const known = this.#looked.get(hash);
    if (stamp !== undefined && known?.stamp === stamp) return known;
    const commit = await this.#read(this.#folder, hash);
    if (commit === undefined) return undefined;
    const looked = { stamp, problem: CoralError.is(commit) ? commit : undefined };
    this.#looked.set(hash, looked);
    return looked;
  }

  /** Stays the same as long as nobody writes to the file; undefined while that cannot be told. */
  async #stampOf(path: string): Promise<string | undefined> {
    const found = await stat(path, { bigint: true }).catch(() => undefined);
    if (found === undefined || Math.abs(Date.now() - Number(found.ctimeMs)) < this.#settling) return undefined;
    return `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
  }
}
