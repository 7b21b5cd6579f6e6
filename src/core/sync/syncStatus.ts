import { join } from 'node:path';
import { CoralError } from '../errors';
import { localHistory } from '../history/folderRecords';
import type { Commits } from '../history/graph';
import { takeInventory } from './inventory';
import { needsOf } from './needs';
import type { BranchState } from './branchMoves';
import type { Refs } from '../remotes/refs';
import type { Remote } from './remote';
import type { DeltaStore } from '../storage/deltaStore';
import type { WeightStore } from '../storage/weightStore';
import { readBranches, readBranchFiles } from '../coralFolder/branches';
import { compareSides, type Difference, type Kind } from './compareSides';
import { readStaged } from '../coralFolder/staging';

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
  /** those of the remote that are not here */
  readonly theirCommits: Commits;
  /** what differs, by kind: the weights above, and all that they are nothing without */
  readonly kinds: Readonly<Record<Kind, Difference>>;
  /** each branch of either side */
  readonly branches: readonly BranchState[];
  /** what is lost or damaged, and no push or pull brings back */
  readonly problems: readonly CoralError[];
  /** Both sides hold the same, and all that is named: a clone of the remote would lack nothing. */
  readonly isSynced: boolean;
  readonly warnings: readonly string[];
}

/** Reads both sides, and changes neither. */
export async function readSyncStatus(coralFolder: string, store: WeightStore & DeltaStore, remote: Remote, signal?: AbortSignal): Promise<SyncStatus> {
  const { name } = remote.config;
  const ignore = (): void => undefined;
  const [all, stagedHere, refs, tracking, here] = await Promise.all([
    readBranches(coralFolder, ignore, signal), readStaged(coralFolder, ignore), remote.fetchRefs(signal), readBranchFiles(coralFolder, join('refs', 'remotes', name), ignore, signal),
    takeInventory({ store, history: localHistory(coralFolder) }, undefined, signal),
  ]);
  const there = await takeInventory(remote, here, signal).catch((error: unknown) => { throw CoralError.from(error, 'network').with({ remote: name }); });
  const staged = needsOf({ weightHashes: stagedHere.weights, deltaWeights: stagedHere.deltas });
  const branches = Object.fromEntries(Object.entries(all).filter(([, tip]) => tip !== ''));
  const compared = compareSides({ here, there, branches, refs, tracking, staged, remote: name });
  const { kinds } = compared;
  const problems = [...compared.problems, ...(remote.refsProblem === undefined ? [] : [remote.refsProblem])];
  return {
    ahead: kinds.weights.ahead, behind: kinds.weights.behind, missing: kinds.weights.missing,
    synced: [...here.weights].filter((hash) => there.weights.has(hash)).sort(),
    needsPush: kinds.weights.ahead.length, needsPull: kinds.weights.behind.length,
    totalLocal: here.weights.size, totalRemote: there.weights.size,
    theirCommits: new Map([...there.commits].flatMap(([hash, { value }]) => (here.commits.has(hash) ? [] : [[hash, value] as const]))),
    refs, kinds, branches: compared.branches, problems,
    isSynced: compared.isSynced && problems.length === 0,
    warnings: [...new Set([...remote.warnings, ...problems.map(({ message }) => message)])],
  };
}
