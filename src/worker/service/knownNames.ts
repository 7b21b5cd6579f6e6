import type { Commit } from '../../core/history/commit';
import { byTime, type Commits } from '../../core/history/graph';
import { refNames } from '../../core/history/refNames';
import { type GivenName, givenNames } from '../../core/repository/givenNames';
import type { RepositoryState } from '../../core/coralFolder/repositoryState';
import type { SyncStatus } from '../../core/sync/syncStatus';
import type { CommitLabel, NameFacts } from '../protocol/weights';

/** What staging, commits here and those of a remote call weights. */
export interface KnownNames {
  /** the names of each weight, by hash, the best first */
  readonly names: ReadonlyMap<string, readonly GivenName[]>;
  /** what people know each commit by */
  readonly commits: ReadonlyMap<string, CommitLabel>;
}

type Here = Pick<RepositoryState, 'head' | 'branches' | 'staged' | 'commits'>;

/** The commits and refs of a remote, as its last status tells them. */
export interface There extends Pick<SyncStatus, 'refs' | 'theirCommits'> {
  readonly remote: string;
}

export function knownNames(here: Here, there: There): KnownNames {
  const commits: Commits = new Map([...there.theirCommits, ...here.commits]);
  const refs = refNames(refsOf(here, there), commits);
  const label = ({ commitHash: hash, metadata: { message } }: Commit): CommitLabel => (
    { hash, ref: refs.get(hash), title: message.trim().split('\n', 1)[0] ?? '', isHere: here.commits.has(hash) });
  return { names: givenNames(here, there.theirCommits), commits: new Map(Array.from(commits, ([hash, commit]) => [hash, label(commit)])) };
}

/** How many commits, and other names, are told one by one. */
const maxTold = 12;

/** What says that a weight has this name, newest first, and what else it is called. */
export function nameFacts(
  here: Here, there: There, { hash, name = '' }: { readonly hash: string; readonly name?: string | undefined },
): NameFacts {
  const { names, commits } = knownNames(here, there);
  const saying = byTime([...there.theirCommits.values(), ...here.commits.values()])
    .filter(({ weightHashes }) => Object.hasOwn(weightHashes, name) && weightHashes[name] === hash);
  const otherNames = (names.get(hash) ?? []).flatMap((given) => (given.name === name ? [] : [given.name]));
  return {
    commits: saying.slice(0, maxTold).flatMap(({ commitHash }) => commits.get(commitHash) ?? []), commitCount: saying.length,
    otherNames: otherNames.slice(0, maxTold), otherNameCount: otherNames.length,
  };
}

/** The current branch first: a commit is called by the first ref that leads to it. */
function refsOf({ head, branches }: Here, { remote, refs }: There): (readonly [string, string])[] {
  const current = head.commit === undefined ? [] : [[head.branch ?? 'HEAD', head.commit] as const];
  return [...current, ...Object.entries(branches), ...Object.entries(refs).map(([ref, commit]) => [`${remote}/${ref}`, commit] as const)];
}
