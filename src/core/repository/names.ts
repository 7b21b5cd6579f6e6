import { byTime } from '../history/graph';
import type { RepositoryState } from './repositoryState';

/**
 * The names of each weight, by hash, the best first: what is staged, then commits from new to old. Names that were given
 * through a delta come last, since the hash recorded for them may be that of the delta's reference.
 */
export function namesOf({ staged, commits }: Pick<RepositoryState, 'staged' | 'commits'>): Map<string, string[]> {
  const sources = [
    { weightHashes: staged.weights, deltaWeights: staged.deltas },
    ...byTime(commits.values()),
  ];
  const given = sources.flatMap(({ weightHashes, deltaWeights }) => Object.entries(weightHashes)
    .map(([name, hash]) => ({ name, hash, delta: Object.hasOwn(deltaWeights, name) })));
  const names = new Map<string, Set<string>>();
  for (const { name, hash } of [...given.filter(({ delta }) => !delta), ...given.filter(({ delta }) => delta)]) {
    const known = names.get(hash);
    if (known === undefined) names.set(hash, new Set([name]));
    else known.add(name);
  }
  return new Map([...names].map(([hash, known]) => [hash, [...known]]));
}

/** The names that each delta was given, by delta hash. */
export function deltaNamesOf({ staged, commits }: Pick<RepositoryState, 'staged' | 'commits'>): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const deltas of [staged.deltas, ...[...commits.values()].map(({ deltaWeights }) => deltaWeights)]) {
    for (const [name, hash] of Object.entries(deltas)) names.set(hash, [...names.get(hash) ?? [], name]);
  }
  return names;
}
