import { ancestors, byTime, type Commits } from '../history/graph';
import type { RepositoryState } from '../coralFolder/repositoryState';

/** A name that a commit or staging gives to a weight. */
export interface GivenName {
  readonly name: string;
  readonly hash: string;
  /** staged, or what the name means in the current commit */
  readonly isCurrent: boolean;
  /** only staging says so */
  readonly isStagedOnly: boolean;
  /** the nearest ancestor of HEAD that says so, else the newest commit; undefined for what is only staged */
  readonly commit: string | undefined;
  /** under this name a delta was committed or staged that is based on the weight or stored beside it */
  readonly isDelta: boolean;
  /** smaller for names given more recently */
  readonly age: number;
}

type Known = Pick<RepositoryState, 'head' | 'staged' | 'commits'>;

/**
 * All names of each weight, by hash, the best first: staging and the current commit, then other commits from new to old. A commit
 * lists only what was added for it, so in the current commit a name means what the nearest ancestor that lists it says.
 * @param theirs commits of a remote that are not here
 */
export function givenNames({ head, staged, commits }: Known, theirs: Commits = new Map()): Map<string, readonly GivenName[]> {
  const names = new NamesByHash();
  for (const [name, hash] of Object.entries(staged.weights)) {
    names.add({ name, hash, isCurrent: true, isStagedOnly: true, commit: undefined, isDelta: Object.hasOwn(staged.deltas, name), age: 0 });
  }
  const line = head.commit === undefined ? [] : ancestors(commits, head.commit);
  const inLine = new Set(line);
  const others = [...new Map([...theirs, ...commits]).values()].filter((commit) => !inLine.has(commit));
  const listed = new Set<string>();
  let age = 0;
  for (const commit of [...line, ...byTime(others)]) {
    const isInLine = inLine.has(commit);
    age += 1;
    for (const [name, hash] of Object.entries(commit.weightHashes)) {
      const isCurrent = isInLine && !listed.has(name);
      if (isCurrent) listed.add(name);
      const isDelta = Object.hasOwn(commit.deltaWeights, name);
      names.add({ name, hash, isCurrent, isStagedOnly: false, commit: commit.commitHash, isDelta, age });
    }
  }
  return names.sorted();
}

/** Most weights have one name, and there may be 100,000 of them; some have thousands. */
class NamesByHash {
  readonly #names = new Map<string, GivenName | Map<string, GivenName>>();

  add(given: GivenName): void {
    const known = this.#names.get(given.hash);
    if (known === undefined) this.#names.set(given.hash, given);
    else if (known instanceof Map) known.set(given.name, merged(known.get(given.name), given));
    else if (known.name === given.name) this.#names.set(given.hash, merged(known, given));
    else this.#names.set(given.hash, new Map([[known.name, known], [given.name, given]]));
  }

  sorted(): Map<string, readonly GivenName[]> {
    return new Map(Array.from(this.#names, ([hash, known]) => (
      [hash, known instanceof Map ? [...known.values()].sort((one, other) => rank(one) - rank(other)) : [known]])));
  }
}

/** The first mention wins; but a commit wins over staging, which the next commit clears. */
function merged(known: GivenName | undefined, next: GivenName): GivenName {
  if (known === undefined) return next;
  if (!known.isStagedOnly && (known.isDelta || !next.isDelta)) return known;
  return {
    ...known, isCurrent: known.isCurrent || next.isCurrent, isStagedOnly: known.isStagedOnly && next.isStagedOnly,
    commit: known.commit ?? next.commit,
    isDelta: known.isDelta || next.isDelta,
  };
}

/** A name given through a delta may belong to another weight than the one recorded. */
function rank({ isCurrent, isDelta }: GivenName): number {
  return (isCurrent ? 0 : 2) + (isDelta ? 1 : 0);
}
