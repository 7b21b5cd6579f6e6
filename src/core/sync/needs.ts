import { type DeltaMetadata, sameDelta } from '../weights/delta';
import type { Commit } from '../history/commit';
import type { Commits } from '../history/graph';

/** Something without which a commit cannot be read. */
export interface Need {
  readonly kind: 'weight' | 'delta';
  /** the weight's name in the commit */
  readonly name: string;
  readonly hash: string;
}

/**
 * Everything a commit needs. A delta that was stored instead of a weight is based on the weight that the commit records, so its
 * reference is included. Of a delta stored beside the full weight the reference is not needed: that delta only tells the two
 * cases apart.
 */
export function needsOf({ weightHashes, deltaWeights }: Pick<Commit, 'weightHashes' | 'deltaWeights'>): Need[] {
  const needs = (map: Readonly<Record<string, string>>, kind: Need['kind']): Need[] => (
    Object.entries(map).map(([name, hash]) => ({ kind, name, hash })));
  return [...needs(weightHashes, 'weight'), ...needs(deltaWeights, 'delta')];
}

/** Which needs a side does not meet. `deltas` are the expected deltas: one with other parameters counts as missing. */
export function lackedBy(side: Holdings, needs: readonly Need[], deltas: ReadonlyMap<string, DeltaMetadata> = new Map()): Need[] {
  return needs.filter(({ kind, hash }) => (kind === 'weight' ? !side.weights.has(hash) : !holdsDelta(side, hash, deltas.get(hash))));
}

/** What needs are looked up in: one inventory, or several merged. */
interface Holdings {
  readonly weights: { has(hash: string): boolean };
  readonly deltas: ReadonlyMap<string, DeltaMetadata>;
}

function holdsDelta(side: Holdings, hash: string, expected: DeltaMetadata | undefined): boolean {
  const held = side.deltas.get(hash);
  return held !== undefined && (expected === undefined || sameDelta(held, expected));
}

/** Sorts parents before children; unknown parents are skipped. There are no cycles: a hash covers the parents' hashes. */
export function parentsFirst(commits: Commits): Commit[] {
  const sorted = new Map<string, Commit>();
  for (const start of commits.values()) {
    const path = [start];
    for (let commit = path.at(-1); commit !== undefined; commit = path.at(-1)) {
      const parent = commit.parentHashes.find((hash) => !sorted.has(hash) && commits.has(hash));
      const next = parent === undefined ? undefined : commits.get(parent);
      if (next !== undefined) path.push(next);
      else {
        sorted.set(commit.commitHash, commit);
        path.pop();
      }
    }
  }
  return [...sorted.values()];
}

/** The commits that can be read here completely, with all their ancestors. */
export function wholeCommits(commits: Commits, side: Holdings, deltas?: ReadonlyMap<string, DeltaMetadata>): Set<string> {
  const whole = new Set<string>();
  for (const commit of parentsFirst(commits)) {
    const isReached = commit.parentHashes.every((parent) => whole.has(parent));
    if (isReached && lackedBy(side, needsOf(commit), deltas).length === 0) whole.add(commit.commitHash);
  }
  return whole;
}
