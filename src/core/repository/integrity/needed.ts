import type { Commit } from '../../history/commit';
import type { StoredKey } from '../../storage/survey';
import type { Staged } from '../../coralFolder/staging';

/** What must be kept. */
export interface Needed {
  readonly weights: ReadonlySet<string>;
  readonly deltas: ReadonlySet<string>;
}

/**
 * What commits and staging name, and the weights that the named deltas are based on. `references` maps a delta to the weight it
 * is based on. A delta missing from it would hide a needed weight: the caller has to rule that out.
 */
export function neededBy(
  commits: Iterable<Pick<Commit, 'weightHashes' | 'deltaWeights'>>, staged: readonly Staged[], references: ReadonlyMap<string, string>,
): Needed {
  const weights = new Set<string>();
  const deltas = new Set<string>();
  const need = (weightHashes: Readonly<Record<string, string>>, deltaWeights: Readonly<Record<string, string>>): void => {
    for (const hash of Object.values(weightHashes)) weights.add(hash);
    for (const hash of Object.values(deltaWeights)) deltas.add(hash);
  };
  for (const { weightHashes, deltaWeights } of commits) need(weightHashes, deltaWeights);
  for (const { weights: weightHashes, deltas: deltaWeights } of staged) need(weightHashes, deltaWeights);
  for (const delta of deltas) {
    const reference = references.get(delta);
    if (reference !== undefined) weights.add(reference);
  }
  return { weights, deltas };
}

export function isNeeded({ weights, deltas }: Needed, { kind, hash }: StoredKey): boolean {
  return (kind === 'weight' ? weights : deltas).has(hash);
}
