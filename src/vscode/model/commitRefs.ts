import type { RepositorySnapshot } from '../../worker/protocol/repository';

/** What points at a commit. */
export interface CommitRefs {
  /** HEAD is at this commit */
  readonly isHead: boolean;
  /** "main", "origin/main", the current branch first; "HEAD" when it is detached */
  readonly names: readonly string[];
  readonly tags: readonly { readonly name: string; readonly description?: string | undefined }[];
}

/** A remote's branch, and the commit it is at. */
export interface RemoteRef {
  readonly remote: string;
  readonly branch: string;
  readonly commit: string;
}

type Refs = Readonly<Record<string, string>>;

const nothing: CommitRefs = { isHead: false, names: [], tags: [] };

/** Which refs are where in a repository. What a remote said just now counts more than what was written down of it before. */
export class RefsOfRepository {
  readonly remoteRefs: readonly RemoteRef[];
  readonly #byCommit = new Map<string, CommitRefs>();

  /** @param fresh remote to its refs, as it told them */
  constructor(
    { branch: current, commit: head, branches, trackingRefs, tags, remotes }: RepositorySnapshot, fresh: Readonly<Record<string, Refs>>,
  ) {
    const known = { ...trackingRefs, ...fresh };
    // What was written down of a remote that is gone tells nothing any more.
    this.remoteRefs = remotes.flatMap(({ name: remote }) => (
      Object.entries((Object.hasOwn(known, remote) && known[remote]) || {}).map(([branch, commit]) => ({ remote, branch, commit }))));
    if (head !== undefined) this.#add(head, { isHead: true, names: [current ?? 'HEAD'] });
    for (const [name, commit] of Object.entries(branches)) if (name !== current) this.#add(commit, { names: [name] });
    for (const { remote, branch, commit } of this.remoteRefs) this.#add(commit, { names: [`${remote}/${branch}`] });
    for (const { commit, ...tag } of tags) this.#add(commit, { tags: [tag] });
  }

  at(commit: string): CommitRefs {
    return this.#byCommit.get(commit) ?? nothing;
  }

  #add(commit: string, { isHead = false, names = [], tags = [] }: Partial<CommitRefs>): void {
    if (commit === '') return; // a branch without commits
    const before = this.at(commit);
    this.#byCommit.set(commit, { isHead: before.isHead || isHead, names: [...before.names, ...names], tags: [...before.tags, ...tags] });
  }
}
