import type { CoralError } from '../base/errors';
import type { Commits } from '../history/graph';
import type { Refs } from '../remotes/refs';
import type { BranchState } from './branchMoves';
import { compareSides, type ComparedKind } from './compareSides';
import type { Difference } from './difference';
import type { Look } from './look';
import { commitsOf } from './planBranches';

/** How a repository and a remote compare. The lists hold weight hashes and are sorted. */
export interface SyncStatus {
  /** only here */
  readonly ahead: readonly string[];
  /** only on the remote */
  readonly behind: readonly string[];
  readonly synced: readonly string[];
  /** named by a commit or staged, and on neither side */
  readonly missing: readonly string[];
  /** how many weights a push and a pull would move */
  readonly needsPush: number;
  readonly needsPull: number;
  readonly totalLocal: number;
  readonly totalRemote: number;
  /** branches and tags of the remote, with their commits */
  readonly refs: Refs;
  /** commits that only the remote has */
  readonly theirCommits: Commits;
  /** what differs, by kind: the weights above, and everything that a repository needs besides them */
  readonly kinds: Readonly<Record<ComparedKind, Difference>>;
  /** each branch of either side */
  readonly branches: readonly BranchState[];
  /** what is lost or damaged and no push or pull restores */
  readonly problems: readonly CoralError[];
  /** Both sides hold the same and nothing that is named is missing: a clone of the remote would be complete. */
  readonly isSynced: boolean;
  readonly warnings: readonly string[];
}

export function syncStatusOf(look: Look): SyncStatus {
  const { here, there } = look;
  const { kinds, branches, problems, isSynced } = compareSides(look);
  const { ahead, behind, missing } = kinds.weights;
  return {
    ahead, behind, missing, synced: [...here.weights.keys()].filter((hash) => there.weights.has(hash)).sort(),
    needsPush: ahead.length, needsPull: behind.length, totalLocal: here.weights.size, totalRemote: there.weights.size,
    theirCommits: new Map([...commitsOf(there)].filter(([hash]) => !here.commits.has(hash))),
    refs: there.refs, kinds, branches, problems, isSynced,
    warnings: [...new Set([...look.warnings, ...problems.map(({ message }) => message)])],
  };
}
