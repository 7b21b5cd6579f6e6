import { byTime } from '../history/graph';
import type { RepositoryState } from './repositoryState';

/**
 * The names of each weight, by hash, the best first: what is staged, then commits from new to old. Names that were given
 * through a delta come last, since the hash recorded for them may be that of the delta's reference.
 */
export function namesOf({ staged, commits }: Pick<RepositoryState, 'staged' | 'commits'>): Map<string, string[]> {
  const sources = [{ weightHashes: staged.weights, deltaWeights: staged.deltas }, ...byTime(commits.values())];
  const names = new Map<string, string | Set<string>>(); // most weights have one name, and there may be 100,000 of them
  for (const throughDelta of [false, true]) {
    for (const { weightHashes, deltaWeights } of sources) {
      if (throughDelta && Object.keys(deltaWeights).length === 0) continue;
      for (const [name, hash] of Object.entries(weightHashes)) {
        if (Object.hasOwn(deltaWeights, name) !== throughDelta) continue;
        const known = names.get(hash);
        if (known === undefined) names.set(hash, name);
        else if (typeof known === 'string') names.set(hash, new Set([known, name]));
        else known.add(name);
      }
    }
  }
  return new Map(Array.from(names, ([hash, known]) => [hash, typeof known === 'string' ? [known] : [...known]]));
}

/** The names that each delta was given, by delta hash. */
export function deltaNamesOf({ staged, commits }: Pick<RepositoryState, 'staged' | 'commits'>): Map<string, string[]> {
  const names = new Map<string, Set<string>>();
  for (const deltas of [staged.deltas, ...[...commits.values()].map(({ deltaWeights }) => deltaWeights)]) {
    for (const [name, hash] of Object.entries(deltas)) names.set(hash, (names.get(hash) ?? new Set()).add(name));
  }
  return new Map(Array.from(names, ([hash, known]) => [hash, [...known]]));
}
