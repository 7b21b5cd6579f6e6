import { type DeltaMetadata, sameDelta } from '../weights/delta';
import type { Commit } from '../history/commit';
import type { Commits } from '../history/graph';

/** Something a commit cannot be read without. */
export interface Need {
  readonly kind: 'weight' | 'delta';
  /** the weight's name in the commit */
  readonly name: string;
  readonly hash: string;
}

/**
 * What a commit names. A delta that was stored instead of a weight is based on the weight that the commit names, so that this holds the
 * references as well; one that was added beside the full copy is needed to tell the two apart, its own reference is not.
 */
export function needsOf({ weightHashes, deltaWeights }: Pick<Commit, 'weightHashes' | 'deltaWeights'>): Need[] {
  const needs = (map: Readonly<Record<string, string>>, kind: Need['kind']): Need[] => (
    Object.entries(map).map(([name, hash]) => ({ kind, name, hash })));
  return [...needs(weightHashes, 'weight'), ...needs(deltaWeights, 'delta')];
}

/** What of it a side lacks. `deltas` are what the deltas ought to be: one that reads otherwise there is as good as none. */
export function lackedBy(side: Holdings, needs: readonly Need[], deltas: ReadonlyMap<string, DeltaMetadata> = new Map()): Need[] {
  return needs.filter(({ kind, hash }) => (kind === 'weight' ? !side.weights.has(hash) : !holdsDelta(side, hash, deltas.get(hash))));
}

/** What can be asked for a need: an inventory, or several together. */
export interface Holdings {
  readonly weights: { has(hash: string): boolean };
  readonly deltas: ReadonlyMap<string, DeltaMetadata>;
}

function holdsDelta(side: Holdings, hash: string, expected: DeltaMetadata | undefined): boolean {
  const held = side.deltas.get(hash);
  return held !== undefined && (expected === undefined || sameDelta(held, expected));
}

/** Parents before children; parents that are not among them are left out. Hashes hold their parents' hashes, so there is no circle. */
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

/** The commits that can be read here in full, with all that came before them. */
export function wholeCommits(commits: Commits, side: Holdings, deltas?: ReadonlyMap<string, DeltaMetadata>): Set<string> {
  const whole = new Set<string>();
  for (const commit of parentsFirst(commits)) {
    const isReached = commit.parentHashes.every((parent) => whole.has(parent));
    if (isReached && lackedBy(side, needsOf(commit), deltas).length === 0) whole.add(commit.commitHash);
  }
  return whole;
}
