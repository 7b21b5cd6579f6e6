import type { Commit } from './commit';

export type Commits = ReadonlyMap<string, Commit>;

/** The commit and its ancestors, nearest first. Parents that do not exist are skipped. */
export function ancestors(commits: Commits, from: string): Commit[] {
  const seen = new Set([from]);
  const found: Commit[] = [];
  for (const hash of seen) {
    const commit = commits.get(hash);
    if (commit === undefined) continue;
    found.push(commit);
    for (const parent of commit.parentHashes) seen.add(parent);
  }
  return found;
}

/** Whether `older` is `newer` or an ancestor of it: moving a branch from one to the other is a fast-forward. */
export function isAncestor(commits: Commits, older: string, newer: string): boolean {
  return older === newer || ancestors(commits, newer).some(({ commitHash, parentHashes }) => commitHash === older || parentHashes.includes(older));
}

/** How many commits each of two tips has that the other lacks: ahead and behind. */
export function divergence(
  commits: Commits, one: string | undefined, other: string | undefined,
): { readonly ahead: number; readonly behind: number } {
  const past = (tip: string | undefined): string[] => (tip === undefined ? [] : ancestors(commits, tip).map(({ commitHash }) => commitHash));
  const [ofOne, ofOther] = [new Set(past(one)), new Set(past(other))];
  const lackedBy = (side: ReadonlySet<string>, hashes: Iterable<string>): number => [...hashes].filter((hash) => !side.has(hash)).length;
  return { ahead: lackedBy(ofOther, ofOne), behind: lackedBy(ofOne, ofOther) };
}

/** Newest first; timestamps have no zone and compare as text. */
export function byTime(commits: Iterable<Commit>): Commit[] {
  return [...commits].sort((a, b) => (a.metadata.timestamp < b.metadata.timestamp ? 1 : a.metadata.timestamp > b.metadata.timestamp ? -1 : 0));
}
