import { CoralError } from '../base/errors';
import type { Commits } from '../history/graph';
import { refAt, type Refs } from '../remotes/refs';
import { checkBranchName, isCommitHash } from '../base/validate';
import { compareBranch, countCommits, movesOf, refused } from './branchMoves';
import type { Inventory } from './inventory';
import { wholeCommits } from './needs';
import { type Stay, stay, stayOf } from './stays';
import type { BranchMove, Scene, World } from './world';

interface BranchesPlan {
  readonly refs: readonly BranchMove[];
  readonly tracking: Refs;
  readonly stays: readonly Stay[];
}

/**
 * Branches move last, only by fast-forward unless a push is forced, and only to commits that are complete where the branch is.
 * `to` includes everything that arrives before.
 */
export function planBranches(scene: Scene): BranchesPlan {
  return scene.way === 'push' ? planPush(scene) : planPull(scene);
}

function planPush({ world, to, chosen, options: { force = false } }: Scene): BranchesPlan {
  const { remote, here, there, tracking, unread, refsProblem } = world;
  const commits = commitsOf(here, to);
  const whole = wholeCommits(commitsOf(to), to, here.deltas);
  const wanted = Object.entries(chosen.branches ?? here.refs).filter(([, tip]) => tip !== '');
  const stuck = wanted.filter(([name, tip]) => !whole.has(tip) && refAt(there.refs, name) !== tip
    && compareBranch(name, tip, refAt(there.refs, name), commits).state !== 'behind');
  const { moved, refused: open } = movesOf(Object.fromEntries(wanted.filter(([, tip]) => whole.has(tip))), there.refs, commits, force);
  const stays = [
    ...unread.map(stayOf),
    ...open.map((state) => stay('conflict', ({ wasNot }) => refused(state, remote, `${wasNot} moved`).message, { conflict: 'diverged' })),
    ...stuck.map(([name, tip]) => stay('missing', ({ wasNot }) => (
      `Branch "${name}" ${wasNot} moved on ${remote}: commit ${tip}, or something it needs, is not there.`
    ), { isExpected: chosen.leftOut !== undefined })),
  ];
  // A damaged refs.json is not overwritten.
  if (refsProblem !== undefined) {
    return { refs: [], tracking: {}, stays: Object.keys(moved).length > 0 ? [stayOf(refsProblem), ...stays] : stays };
  }
  const refs = Object.entries(moved).map(([name, tip]) => ({ name, from: refAt(there.refs, name), to: tip }));
  return { refs, tracking: trackable({ ...there.refs, ...moved }, tracking, here.commits), stays };
}

/** The tracking refs to update: remote branches whose commits are here, where that is not recorded yet. */
export function trackable(refs: Refs, tracking: Refs, known: { has(hash: string): boolean }): Refs {
  return Object.fromEntries(Object.entries(refs).filter(([name, tip]) => known.has(tip) && refAt(tracking, name) !== tip));
}

function planPull({ world, to, chosen, options: { moveBranches = true } }: Scene): BranchesPlan {
  const { remote, there, tracking } = world;
  const commits = commitsOf(there, to);
  const whole = wholeCommits(commitsOf(to), to, there.deltas);
  const followed: [string, string][] = [];
  const stays: Stay[] = [];
  for (const [name, tip] of Object.entries(there.refs)) {
    const problem = refProblem(name, tip, { whole, commits, remote });
    if (problem === undefined) followed.push([name, tip]);
    // A commit that is missing because it was not selected is no problem.
    else if (chosen.commits?.has(tip) === false) continue;
    else if (problem.reason !== 'missing' || chosen.leftOut === undefined) stays.push(stayOf(problem));
    else {
      stays.push(stay('missing', ({ wasNot }) => (
        `Branch "${name}" of ${remote} ${wasNot} followed: commit ${tip.slice(0, 64)}, or something it needs, is not here.`
      ), { isExpected: true }));
    }
  }
  const refs = Object.fromEntries(followed);
  const noted = trackable(refs, tracking, whole);
  if (!moveBranches) return { refs: [], tracking: noted, stays };
  const moves = branchesToMove(world, refs, commits);
  return { refs: moves.refs, tracking: noted, stays: [...stays, ...moves.stays] };
}

/** Which local branches move to the remote's commits, and why others stay. */
function branchesToMove({ remote, here: { refs: branches }, head }: World, refs: Refs, commits: Commits): Omit<BranchesPlan, 'tracking'> {
  const moves: BranchMove[] = [];
  const stays: Stay[] = [];
  const leave = (name: string, why: string): void => {
    stays.push(stay('conflict', ({ was }) => `Branch "${name}" ${was} left as it is: ${why}`, { isExpected: true }));
  };
  for (const [name, tip] of Object.entries(refs)) {
    const isOurs = Object.hasOwn(branches, name);
    // A new local branch is made only when HEAD names it; others are made on demand.
    if (!isOurs && head.branch !== name) continue;
    const { state, here: at, ahead, behind } = compareBranch(name, refAt(branches, name), tip, commits);
    const [ours, theirs] = [countCommits(ahead), countCommits(behind)];
    if (state === 'behind') moves.push({ name, from: isOurs ? at ?? '' : undefined, to: tip });
    if (state === 'diverged') leave(name, `${ours} here and ${theirs} on ${remote} are not on the other side. Merge them.`);
    if (state === 'unknown') leave(name, `it is at commit ${String(at)}, which is on neither side.`);
  }
  return { refs: moves, stays };
}

interface Reach {
  readonly whole: ReadonlySet<string>;
  readonly commits: Commits;
  readonly remote: string;
}

function refProblem(name: string, tip: string, { whole, commits, remote }: Reach): CoralError | undefined {
  try {
    checkBranchName(name);
  } catch (error) {
    return CoralError.from(error);
  }
  if (isCommitHash(tip) && whole.has(tip)) return undefined;
  const why = isCommitHash(tip) && commits.has(tip) ? 'it, or something it needs, is not here' : 'it is on neither side';
  const where = `Branch "${name}" of ${remote} is at commit ${tip.slice(0, 64)}`;
  return new CoralError('missing', `${where}: ${why}. Push it from a repository that has it.`);
}

export function commitsOf(...sides: readonly Pick<Inventory, 'commits'>[]): Commits {
  return new Map(sides.flatMap(({ commits }) => [...commits].map(([hash, { value }]) => [hash, value] as const)));
}
