import type { Commits } from './graph';

/** "main~2": a ref, and how many first parents before it a commit lies. */
type RefNames = ReadonlyMap<string, string>;

/**
 * Names commits after refs, along first parents; the first ref that reaches a commit names it. A commit that no first parent
 * leads to gets no name.
 */
export function refNames(refs: Iterable<readonly [name: string, commit: string]>, commits: Commits): RefNames {
  const names = new Map<string, string>();
  for (const [ref, tip] of refs) {
    let distance = 0;
    let hash: string | undefined = tip;
    // The ancestors of a named commit are named already.
    while (hash !== undefined && commits.has(hash) && !names.has(hash)) {
      names.set(hash, distance === 0 ? ref : `${ref}~${distance}`);
      distance += 1;
      hash = commits.get(hash)?.parentHashes[0];
    }
  }
  return names;
}
