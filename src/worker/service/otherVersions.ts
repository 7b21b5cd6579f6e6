import { ancestors } from '../../core/history/graph';
import type { RepositoryState } from '../../core/coralFolder/repositoryState';
import type { SyncStatus } from '../../core/sync/syncStatus';
import type { OtherVersion, WeightVersion } from '../protocol/details';

/** All versions of one name, those that hold the weight in question, and the commit it was opened from, if from one. */
export interface VersionsOfName {
  readonly versions: readonly WeightVersion[];
  readonly holding: readonly WeightVersion[];
  readonly commit: string | undefined;
}

/**
 * The versions that hold another weight, and what each of them is to this one: the commit before, or what the current branch is on a
 * remote,
 * as last seen. A commit lists only what was added for it, so a name stands for what the nearest commit says that lists it.
 */
export function otherVersions(state: RepositoryState, of: VersionsOfName, statuses: ReadonlyMap<string, SyncStatus>): OtherVersion[] {
  const { versions, holding } = of;
  const previous = before(state, of);
  const tracked = tips(state, statuses).map(({ ref, commit }) => ({ ref, version: lineOf(state, versions, commit)[0] }));
  return versions.filter((version) => !holding.includes(version)).map((version) => ({
    ...version, isPrevious: version === previous, trackedBy: tracked.filter((one) => one.version === version).map(({ ref }) => ref),
  }));
}

/**
 * What the name stood for before the commit in question or, where there is none, the last one that holds the weight; for one that is only
 * staged, in HEAD.
 */
function before(state: RepositoryState, { versions, holding, commit }: VersionsOfName): WeightVersion | undefined {
  const { head } = state;
  const fromHead = head.commit === undefined ? [] : lineOf(state, versions, head.commit);
  const start = commit ?? fromHead.find((version) => holding.includes(version))?.commit ?? holding[0]?.commit;
  const line = start === undefined ? fromHead : lineOf(state, versions, start);
  return line.find((version) => version.commit !== start && !holding.includes(version));
}

/** The versions in a commit and its ancestors, nearest first. */
function lineOf({ commits }: RepositoryState, versions: readonly WeightVersion[], from: string): WeightVersion[] {
  const byCommit = new Map(versions.map((version) => [version.commit, version]));
  return ancestors(commits, from).flatMap(({ commitHash }) => byCommit.get(commitHash) ?? []);
}

/** Where remotes have the current branch. What a remote said counts more than what was written down of it before. */
function tips(
  { head: { branch }, remotes, trackingRefs }: RepositoryState, statuses: ReadonlyMap<string, SyncStatus>,
): { readonly ref: string; readonly commit: string }[] {
  if (branch === undefined) return [];
  return remotes.flatMap(({ name }) => {
    const refs = statuses.get(name)?.refs ?? (Object.hasOwn(trackingRefs, name) ? trackingRefs[name] : undefined) ?? {};
    const commit = Object.hasOwn(refs, branch) ? refs[branch] : undefined;
    return commit === undefined ? [] : [{ ref: `${name}/${branch}`, commit }];
  });
}
