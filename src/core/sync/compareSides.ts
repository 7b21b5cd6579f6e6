import { CoralError } from '../errors';
import type { Commits } from '../history/graph';
import { damagedWithoutCopy, type Inventory } from './inventory';
import { lackedBy, type Need, needsOf } from './needs';
import { type BranchState, compareBranches } from './branchMoves';
import { lostVersion, titleOf } from './exchange';
import type { Refs } from '../remotes/refs';
import { sameDelta } from '../weights/delta';

export type Kind = 'weights' | 'names' | 'deltas' | 'commits' | 'versions' | 'branches';

/** How the two sides differ in one kind of thing. The lists hold hashes, ids or names and are sorted; all empty: in sync. */
export interface Difference {
  /** only here, or newer here: a push moves it */
  readonly ahead: readonly string[];
  /** only on the remote, or newer there: a pull moves it */
  readonly behind: readonly string[];
  /** needed, and on neither side */
  readonly missing: readonly string[];
  /** on both sides, and not the same */
  readonly conflicts: readonly string[];
}

export interface Sides {
  readonly here: Inventory;
  readonly there: Inventory;
  /** branches with a commit */
  readonly branches: Refs;
  readonly refs: Refs;
  /** where the remote's branches were seen last */
  readonly tracking: Refs;
  /** staged, and needed by the next commit */
  readonly staged: readonly Need[];
  /** name of the remote */
  readonly remote: string;
}

export interface Comparison {
  readonly kinds: Readonly<Record<Kind, Difference>>;
  readonly branches: readonly BranchState[];
  /** what is lost or damaged, and no push or pull brings back */
  readonly problems: readonly CoralError[];
  readonly isSynced: boolean;
}

/** Compares all that two sides hold. In sync means that each side could be made from the other, and nothing that either names is missing. */
export function compareSides(sides: Sides): Comparison {
  const { here, there, branches, refs } = sides;
  const commits: Commits = new Map([...there.commits, ...here.commits].map(([hash, { value }]) => [hash, value]));
  const together = { weights: union(here.weights, there.weights), deltas: new Map([...there.deltas, ...here.deltas]) };
  const lacked = [...[...commits.values()].flatMap((commit) => lackedBy(together, needsOf(commit))), ...lackedBy(together, sides.staged)];
  const lost = (kind: Need['kind']): string[] => lacked.filter((need) => need.kind === kind).map(({ hash }) => hash);
  const states = compareBranches(branches, refs, commits);
  const kinds = {
    weights: difference(here.weights, there.weights, { missing: lost('weight') }),
    names: namesDifference(here, there),
    deltas: difference(usefulDeltas(here, there), usefulDeltas(there, here), { missing: lost('delta'), conflicts: conflictingDeltas(here, there) }),
    commits: difference(here.commits.keys(), there.commits.keys(), { missing: lostCommits(sides, commits) }),
    versions: difference(here.versions.keys(), there.versions.keys(), { conflicts: conflictingVersions(here, there) }),
    branches: branchesDifference(states, sides),
  };
  const problems = [
    ...damagedWithoutCopy(here, there), ...damagedWithoutCopy(there, here), ...lossesOf(commits, lacked, kinds.commits.missing, sides.remote),
    ...lostTips(sides, commits), ...lackedBy(together, sides.staged).map((need) => lostStaged(need, sides.remote)),
  ];
  const isEqual = Object.values(kinds).every(({ ahead, behind, missing, conflicts }) => ahead.length + behind.length + missing.length + conflicts.length === 0);
  return { kinds, branches: states, problems, isSynced: isEqual && problems.length === 0 };
}

function difference(here: Iterable<string>, there: Iterable<string>, { missing = [], conflicts = [] }: Partial<Pick<Difference, 'missing' | 'conflicts'>> = {}): Difference {
  const [ours, theirs] = [new Set(here), new Set(there)];
  return {
    ahead: [...ours].filter((id) => !theirs.has(id)).sort(), behind: [...theirs].filter((id) => !ours.has(id)).sort(),
    missing: [...new Set(missing)].sort(), conflicts: [...new Set(conflicts)].sort(),
  };
}

/** Weights without a name on the remote: a push brings it, from here or once they are here. */
function namesDifference(here: Inventory, there: Inventory): Difference {
  return difference([...there.nameless].filter((hash) => here.weights.has(hash)), [], { missing: [...there.nameless].filter((hash) => !here.weights.has(hash)) });
}

/** A delta whose reference nobody has is of no use, unless a commit has it beside a full copy; where a commit does need it, the reference is missing. */
function usefulDeltas(side: Inventory, other: Inventory): string[] {
  const named = new Set([...side.commits.values(), ...other.commits.values()].flatMap(({ value }) => Object.values(value.deltaWeights)));
  return [...side.deltas.values()].filter(({ hash, referenceHash }) => named.has(hash) || side.weights.has(referenceHash) || other.weights.has(referenceHash)).map(({ hash }) => hash);
}

function conflictingDeltas(here: Inventory, there: Inventory): string[] {
  return [...here.deltas.values()].filter((delta) => { const other = there.deltas.get(delta.hash); return other !== undefined && !sameDelta(delta, other); }).map(({ hash }) => hash);
}

function conflictingVersions(here: Inventory, there: Inventory): string[] {
  return [...here.versions].filter(([id, { bytes }]) => { const other = there.versions.get(id); return other !== undefined && Buffer.compare(other.bytes, bytes) !== 0; }).map(([id]) => id);
}

/** Parents, and what branches and versions are at, that neither side has. */
function lostCommits({ here, there, branches, refs }: Sides, commits: Commits): string[] {
  const named = [
    ...[...commits.values()].flatMap(({ parentHashes }) => parentHashes), ...Object.values(branches), ...Object.values(refs),
    ...[...here.versions.values(), ...there.versions.values()].map(({ value }) => value.commitHash),
  ];
  return named.filter((hash) => hash !== '' && !commits.has(hash));
}

/** A branch of the remote that is not a branch here is here once it was fetched: its tracking ref says so. */
function branchesDifference(states: readonly BranchState[], { tracking }: Sides): Difference {
  const names = (wanted: readonly BranchState['state'][]): string[] => states
    .filter(({ name, here, there, state }) => wanted.includes(state) && !(here === undefined && there !== undefined && Object.hasOwn(tracking, name) && tracking[name] === there))
    .map(({ name }) => name);
  return { ahead: names(['ahead']), behind: names(['behind']), missing: [], conflicts: names(['diverged', 'unknown']) };
}

/** One sentence for each commit that cannot be read in full anywhere. */
function lossesOf(commits: Commits, lacked: readonly Need[], lostHashes: readonly string[], remote: string): CoralError[] {
  const lost = new Set(lacked.map(({ kind, hash }) => `${kind} ${hash}`));
  const cut = new Set(lostHashes);
  if (lost.size + cut.size === 0) return [];
  return [...commits.values()].flatMap((commit) => {
    const [first, ...more] = needsOf(commit).filter(({ kind, hash }) => lost.has(`${kind} ${hash}`));
    const parent = commit.parentHashes.find((hash) => cut.has(hash));
    if (first === undefined && parent === undefined) return [];
    const what = first === undefined ? `its parent ${String(parent)}` : `"${first.name}" (${first.kind} ${first.hash})${more.length > 0 ? ` and ${more.length} more` : ''}`;
    return [new CoralError('missing', `Commit ${titleOf(commit)} cannot be read in full: neither this repository nor ${remote} has ${what}. Restore it from a copy.`)];
  });
}

/** One sentence for each version, and each branch of the remote, at a commit that is on neither side. Branches here are among the repository's own problems. */
function lostTips({ here, there, refs, remote }: Sides, commits: Commits): CoralError[] {
  const nobody = `neither this repository nor ${remote}`;
  const versions = new Map([...there.versions, ...here.versions].map(([id, { value }]) => [id, value]));
  return [
    ...[...versions.values()].filter(({ commitHash }) => !commits.has(commitHash)).map((version) => lostVersion(version, nobody)),
    ...Object.entries(refs).filter(([, tip]) => !commits.has(tip)).map(([name, tip]) => (
      new CoralError('missing', `Branch "${name}" of ${remote} is at commit ${tip.slice(0, 64)}, which ${nobody} has. Push it from a repository that has it.`))),
  ];
}

function lostStaged({ kind, name, hash }: Need, remote: string): CoralError {
  return new CoralError('missing', `"${name}" is staged, but neither this repository nor ${remote} has ${kind} ${hash}. Stage it again with "coral add".`);
}

function union(one: ReadonlySet<string>, other: ReadonlySet<string>): Set<string> {
  return new Set([...one, ...other]);
}

