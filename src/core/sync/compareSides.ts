import { CoralError } from '../base/errors';
import type { Commits } from '../history/graph';
import { ofEachKind } from '../history/recordKinds';
import type { Refs } from '../remotes/refs';
import { sameDelta } from '../weights/delta';
import { type BranchState, compareBranches } from './branchMoves';
import { commitRecords, recordsDifference } from './compareRecords';
import { type Difference, difference, inBoth } from './difference';
import { damagedWithoutCopy, type Inventory } from './inventory';
import type { Look } from './look';
import { lackedBy, type Need, needsOf } from './needs';
import { commitsOf } from './planBranches';
import { commitTitle } from './planHistory';
import type { TravellerName } from './travellers';

export type ComparedKind = 'weights' | 'names' | 'branches' | TravellerName;

interface SideComparison {
  readonly kinds: Readonly<Record<ComparedKind, Difference>>;
  readonly branches: readonly BranchState[];
  /** what is lost or damaged and no push or pull restores */
  readonly problems: readonly CoralError[];
  readonly isSynced: boolean;
}

/**
 * Compares everything that both sides hold. They are in sync when each could be rebuilt from the other and nothing that either
 * names is missing.
 */
export function compareSides(look: Look): SideComparison {
  const { here, there, remote } = look;
  const branches = Object.fromEntries(Object.entries(here.refs).filter(([, tip]) => tip !== ''));
  const commits = commitsOf(there, here);
  const together = { weights: new Map([...here.weights, ...there.weights]), deltas: new Map([...there.deltas, ...here.deltas]) };
  const lackedStaged = lackedBy(together, needsOf({ weightHashes: look.staged.weights, deltaWeights: look.staged.deltas }));
  const lacked = [...[...commits.values()].flatMap((commit) => lackedBy(together, needsOf(commit))), ...lackedStaged];
  const lost = (kind: Need['kind']): string[] => lacked.filter((need) => need.kind === kind).map(({ hash }) => hash);
  const states = compareBranches(branches, there.refs, commits);
  const kinds = {
    weights: difference(here.weights.keys(), there.weights.keys(), { missing: lost('weight') }),
    names: namesDifference(here, there),
    deltas: difference(usefulDeltas(here, there), usefulDeltas(there, here), {
      missing: lost('delta'), conflicts: conflictingDeltas(here, there),
    }),
    ...ofEachKind((name) => recordsDifference(name, here, there)),
    commits: difference(here.commits.keys(), there.commits.keys(), { missing: lostCommits(here, there, commits) }),
    branches: branchesDifference(states, look.tracking),
  };
  const problems = [
    ...damagedWithoutCopy(here, there), ...damagedWithoutCopy(there, here), ...lossesOf(commits, lacked, kinds.commits.missing, remote),
    ...lostTips(look, commits), ...lackedStaged.map((need) => lostStaged(need, remote)),
    ...(look.refsProblem === undefined ? [] : [look.refsProblem]),
  ];
  const isEqual = Object.values(kinds).every((kind) => [kind.ahead, kind.behind, kind.missing, kind.conflicts].flat().length === 0);
  return { kinds, branches: states, problems, isSynced: isEqual && problems.length === 0 };
}

/** Weights without a name on the remote: a push adds it, once the weight is here. */
function namesDifference(here: Inventory, there: Inventory): Difference {
  const nameless = [...there.nameless];
  return difference(nameless.filter((hash) => here.weights.has(hash)), [], { missing: nameless.filter((hash) => !here.weights.has(hash)) });
}

/** Deltas that can be decoded, or are named by a commit. One that a commit needs and whose reference is missing is reported with that. */
function usefulDeltas(side: Inventory, other: Inventory): string[] {
  const named = new Set([...commitsOf(side, other).values()].flatMap(({ deltaWeights }) => Object.values(deltaWeights)));
  const isHeld = (hash: string): boolean => side.weights.has(hash) || other.weights.has(hash);
  return [...side.deltas.values()].filter(({ hash, referenceHash }) => named.has(hash) || isHeld(referenceHash)).map(({ hash }) => hash);
}

function conflictingDeltas(here: Inventory, there: Inventory): string[] {
  return inBoth(here.deltas, there.deltas, (one, other) => !sameDelta(one, other));
}

/** Commits that are parents, or at which a branch or version is, and that neither side has. */
function lostCommits(here: Inventory, there: Inventory, commits: Commits): string[] {
  const named = [
    ...[...commits.values()].flatMap(({ parentHashes }) => parentHashes), ...Object.values(here.refs), ...Object.values(there.refs),
    ...commitRecords(here).concat(commitRecords(there)).map(({ commit }) => commit),
  ];
  return named.filter((hash) => hash !== '' && !commits.has(hash));
}

/** A remote branch without a local one counts as fetched when its tracking ref is up to date. */
function branchesDifference(states: readonly BranchState[], tracking: Refs): Difference {
  const isFetched = ({ name, here, there }: BranchState): boolean => (
    here === undefined && there !== undefined && Object.hasOwn(tracking, name) && tracking[name] === there);
  const names = (wanted: readonly BranchState['state'][]): string[] => (
    states.filter((branch) => wanted.includes(branch.state) && !isFetched(branch)).map(({ name }) => name));
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
    const others = more.length > 0 ? ` and ${more.length} more` : '';
    const what = first === undefined ? `its parent ${String(parent)}` : `"${first.name}" (${first.kind} ${first.hash})${others}`;
    const title = commitTitle(commit);
    return [new CoralError(
      'missing', `Commit ${title} cannot be read in full: neither this repository nor ${remote} has ${what}. Restore it from a copy.`)];
  });
}

/**
 * One sentence for each version, training state or remote branch whose commit neither side has. Local branches are among the
 * repository's own problems.
 */
function lostTips({ here, there, remote }: Look, commits: Commits): CoralError[] {
  const nobody = `neither this repository nor ${remote}`;
  const records = new Map([...commitRecords(there), ...commitRecords(here)].map((record) => [record.key, record]));
  return [
    ...[...records.values()].filter(({ commit }) => !commits.has(commit)).map(({ problem }) => problem(nobody)),
    ...Object.entries(there.refs).filter(([, tip]) => !commits.has(tip)).map(([name, tip]) => new CoralError(
      'missing', `Branch "${name}" of ${remote} is at commit ${tip.slice(0, 64)}, which ${nobody} has. `
      + 'Push it from a repository that has it.')),
  ];
}

function lostStaged({ kind, name, hash }: Need, remote: string): CoralError {
  return new CoralError(
    'missing', `"${name}" is staged, but neither this repository nor ${remote} has ${kind} ${hash}. Stage it again with "coral add".`);
}
