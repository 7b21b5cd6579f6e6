import { CoralError } from '../base/errors';
import { type Commits, divergence } from '../history/graph';
import { refAt, type Refs } from '../remotes/refs';

/** How a local branch compares with the one of the same name on a remote. */
export interface BranchState {
  readonly name: string;
  /** commits; undefined where there is no such branch, or none yet */
  readonly here: string | undefined;
  readonly there: string | undefined;
  /** commits that one side's branch has and the other's lacks */
  readonly ahead: number;
  readonly behind: number;
  readonly state: 'same' | 'ahead' | 'behind' | 'diverged' | 'unknown';
}

/** All branches of both sides. "unknown": a tip is a commit that neither side has. */
export function compareBranches(here: Refs, there: Refs, commits: Commits): BranchState[] {
  const names = [...new Set([...Object.keys(here), ...Object.keys(there)])].sort();
  return names.map((name) => compareBranch(name, refAt(here, name), refAt(there, name), commits));
}

export function compareBranch(name: string, here: string | undefined, there: string | undefined, commits: Commits): BranchState {
  if (here === there) return { name, here, there, ahead: 0, behind: 0, state: 'same' };
  const { ahead, behind } = divergence(commits, here, there);
  const isUnknown = [here, there].some((tip) => tip !== undefined && !commits.has(tip));
  return { name, here, there, ahead, behind, state: isUnknown ? 'unknown' : behind === 0 ? 'ahead' : ahead === 0 ? 'behind' : 'diverged' };
}

/** Which branches of a remote a push moves: those that fast-forward, with `force` diverged ones as well. The others are refused. */
export function movesOf(
  branches: Refs, there: Refs, commits: Commits, force: boolean,
): { readonly moved: Refs; readonly refused: readonly BranchState[] } {
  const states = Object.entries(branches).map(([name, here]) => compareBranch(name, here, refAt(there, name), commits));
  const isOpen = ({ state }: BranchState): boolean => state === 'diverged' || state === 'unknown';
  const moving = states.filter((state) => state.state === 'ahead' || (force && isOpen(state)));
  const moved = Object.fromEntries(moving.flatMap(({ name, here }) => (here === undefined ? [] : [[name, here]])));
  return { moved, refused: force ? [] : states.filter(isOpen) };
}

/** Why a branch was not moved on a remote, or will not be. */
export function refused({ name, there, ahead, behind, state }: BranchState, remote: string, stays = 'was not moved'): CoralError {
  const counts = state === 'unknown'
    ? `it is at commit ${String(there)} there, which this repository does not know`
    : `${countCommits(ahead)} here ${are(ahead)} not there, and ${countCommits(behind)} there ${are(behind)} not here`;
  const what = `Branch "${name}" ${stays} on ${remote}: ${counts}. Pull and merge first; force replaces the remote's branch.`;
  return new CoralError('conflict', what, { remote, conflict: 'diverged' });
}

const are = (count: number): string => (count === 1 ? 'is' : 'are');
export const countCommits = (count: number): string => (count === 1 ? '1 commit' : `${count} commits`);
