import type { BranchState } from '../../core/sync/branchMoves';
import { formatAheadBehind, formatCount, formatCountOf, speakAheadBehind } from '../../text/format';
import type { StatusSnapshot } from '../../worker/protocol/status';
import { countKinds } from './countKinds';

// How a status reads: in the row of a remote, in tooltips, in the status bar, and for a screen reader.

/** "2↓ 3↑"; where all weights are on both sides, what else differs: "1 commit to push". That a branch diverged is said in any case. */
export function stateText(status: StatusSnapshot): string {
  const counts = formatAheadBehind(status.ahead, status.behind);
  return counts === '' ? otherDifferences(status).join(', ') || agreement(status) : [counts, ...divergence(status)].join(' · ');
}

/** Whether names share weights or have several versions, so that rows of names and counts of weights differ. */
export function sharesContents({ names, ...weights }: StatusSnapshot): boolean {
  return names !== undefined && (['ahead', 'behind', 'synced'] as const).some((group) => names[group] !== weights[group]);
}

/** What the numbers of a status mean there. */
export const countedText = 'Counts are distinct weights; names that share one move it once. Rows are names.';

/** "1 damaged"; "" for none. */
export function damageText(count: number): string {
  return count > 0 ? `${formatCount(count)} damaged` : '';
}

/** All of it in words: "2 weights to pull, 3 weights to push, 1 commit to push". */
export function spokenState(status: StatusSnapshot): string {
  return [speakAheadBehind(status.ahead, status.behind), ...otherDifferences(status)].filter(Boolean).join(', ') || agreement(status);
}

/** What differs besides the weights on either side, a phrase for each direction: "main diverged", "2 commits, 1 tag to pull". */
export function otherDifferences(status: StatusSnapshot): string[] {
  const phrase = (way: 'behind' | 'ahead' | 'conflicts' | 'missing', many: string, one = many): string[] => {
    const things = countedThings(status, way);
    if (things.length === 0) return [];
    return [`${things.join(', ')} ${things.length === 1 && things[0]?.startsWith('1 ') ? one : many}`];
  };
  return [
    ...divergence(status), ...phrase('behind', 'to pull'), ...phrase('ahead', 'to push'), ...phrase('conflicts', 'differ', 'differs'),
    ...phrase('missing', 'missing'),
  ];
}

/** Branches that sync can move on neither side. */
export function divergedBranches({ branches }: StatusSnapshot): readonly BranchState[] {
  return branches.filter(({ state }) => state === 'diverged');
}

/** "main and origin/main have diverged: 2 commits only here, 3 only there" */
export function divergedText({ name, ahead, behind }: BranchState, remote: string): string {
  return `${name} and ${remote}/${name} have diverged: ${formatCountOf(ahead, 'commit')} only here, ${formatCount(behind)} only there`;
}

function divergence(status: StatusSnapshot): string[] {
  const [first, ...others] = divergedBranches(status);
  if (!first) return [];
  return [others.length === 0 ? `${first.name} diverged` : `${formatCount(others.length + 1)} branches diverged`];
}

/** "2 commits", "1 tag". New commits move their branch, and diverged branches are told apart. */
function countedThings(status: StatusSnapshot, way: 'behind' | 'ahead' | 'conflicts' | 'missing'): string[] {
  const { kinds } = status;
  return countKinds((kind) => {
    if (kind === 'weights') return way === 'missing' ? status.missing.length : 0;
    if (kind === 'branches' && kinds.commits[way] > 0) return 0;
    return kinds[kind][way] - (kind === 'branches' && way === 'conflicts' ? divergedBranches(status).length : 0);
  });
}

function agreement({ isSynced }: StatusSnapshot): string {
  return isSynced ? 'in sync' : 'not in sync';
}
