import type { RepositorySnapshot } from '../../worker/protocol/repository';

type Snapshot = Pick<RepositorySnapshot, 'root' | 'commit' | 'commits'>;

/**
 * Tells when a commit was made, from one reading of a repository to the next. HEAD has moved, and there are more commits than when it moved
 * last: a checkout moves HEAD alone. The first reading tells nothing: what was there before the window opened is no news.
 */
export class NewCommits {
  readonly #last = new Map<string, Snapshot>();

  see(snapshot: Snapshot): boolean {
    const last = this.#last.get(snapshot.root);
    // A commit writes its file before it moves HEAD, and a reading may fall in between: it must not count as seen.
    if (last === undefined || last.commit !== snapshot.commit) this.#last.set(snapshot.root, snapshot);
    return last !== undefined && snapshot.commit !== undefined && last.commit !== snapshot.commit && snapshot.commits > last.commits;
  }
}
