import type { Refs } from '../remotes/refs';

/** How a repository and a remote compare. The lists hold weight hashes and are sorted. */
export interface SyncStatus {
  /** only here */
  readonly ahead: readonly string[];
  /** only on the remote */
  readonly behind: readonly string[];
  readonly synced: readonly string[];
  /** named by a commit or staged, and on neither side */
  readonly missing: readonly string[];
  /** how many a push and a pull would move */
  readonly needsPush: number;
  readonly needsPull: number;
  readonly totalLocal: number;
  readonly totalRemote: number;
  /** branches and tags of the remote, with their commits */
  readonly refs: Refs;
  /** both sides hold the same, and all that commits name */
  readonly isSynced: boolean;
  readonly warnings: readonly string[];
}

export interface RemoteSide {
  readonly weights: readonly string[];
  readonly refs: Refs;
}

/** Compares what the two stores hold; `named` are the hashes that commits and staging speak of. */
export function compareStores(local: readonly string[], { weights: remote, refs }: RemoteSide, named: Iterable<string>, warnings: readonly string[] = []): SyncStatus {
  const here = new Set(local);
  const there = new Set(remote);
  const ahead = local.filter((hash) => !there.has(hash)).sort();
  const behind = remote.filter((hash) => !here.has(hash)).sort();
  const missing = [...named].filter((hash) => !here.has(hash) && !there.has(hash)).sort();
  return {
    ahead, behind, missing,
    synced: local.filter((hash) => there.has(hash)).sort(),
    needsPush: ahead.length, needsPull: behind.length,
    totalLocal: here.size, totalRemote: there.size,
    refs,
    isSynced: ahead.length + behind.length + missing.length === 0,
    warnings,
  };
}
