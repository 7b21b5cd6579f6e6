import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { BranchState } from '../../../src/core/sync/branchMoves';
import { divergedText, otherDifferences, spokenState, stateText } from '../../../src/vscode/wording/statusText';
import { snapshot } from './snapshot';

const diverged: BranchState = { name: 'main', here: 'a', there: 'b', ahead: 2, behind: 3, state: 'diverged' };
const branchesConflict = { ahead: 0, behind: 0, missing: 0, conflicts: 1 };

describe('the text of a status', () => {
  it('is counts of weights, or "in sync" where all is', () => {
    assert.equal(stateText(snapshot({ ahead: 3, behind: 2 })), '2↓ 3↑');
    assert.equal(spokenState(snapshot({ ahead: 3, behind: 2 })), '2 weights to pull, 3 weights to push');
    const same = snapshot({ isSynced: true });
    assert.deepEqual([stateText(same), spokenState(same)], ['in sync', 'in sync']);
  });

  it('never claims that sides are in sync which differ in something else', () => {
    const commits = snapshot({ kinds: { commits: { ahead: 1 }, branches: { ahead: 1 } } });
    assert.deepEqual([stateText(commits), spokenState(commits)], ['1 commit to push', '1 commit to push']);
    assert.equal(stateText(snapshot({ kinds: { branches: { behind: 1 } } })), '1 branch to pull');
    assert.equal(stateText(snapshot({ kinds: { commits: { behind: 1_204, ahead: 1 }, deltas: { behind: 2 }, versions: { behind: 1 } } })),
      '1,204 commits, 1 tag, 2 deltas to pull, 1 commit to push');
    assert.equal(stateText(snapshot({ kinds: { names: { ahead: 2 }, versions: { conflicts: 1 }, commits: { missing: 1 } } })), '2 names to push, 1 tag differs, 1 commit missing');
    assert.equal(stateText(snapshot({ kinds: { versions: { conflicts: 2 } } })), '2 tags differ');
    assert.equal(stateText(snapshot({ kinds: { states: { ahead: 2, conflicts: 1 }, checkpoints: { behind: 1 } } })),
      '1 checkpoint list to pull, 2 training states to push, 1 training state differs');
    assert.equal(stateText(snapshot({ kinds: { names: { conflicts: 1 }, versions: { conflicts: 1 } } })), '1 tag, 1 name differ');
    assert.equal(stateText(snapshot({ missing: ['0123456789abcdef'] })), '1 weight missing');
    assert.equal(stateText(snapshot({})), 'not in sync');
  });

  it('says which branch diverged, beside the counts as well', () => {
    const one = snapshot({ branches: [diverged], kinds: { commits: { ahead: 2, behind: 3 }, branches: branchesConflict } });
    assert.equal(stateText(one), 'main diverged, 3 commits to pull, 2 commits to push');
    assert.equal(stateText({ ...one, ahead: 1 }), '1↑ · main diverged');
    assert.deepEqual(otherDifferences({ ...one, branches: [diverged, { ...diverged, name: 'dev' }] })[0], '2 branches diverged');
    assert.equal(divergedText(diverged, 'origin'), 'main and origin/main have diverged: 2 commits only here, 3 only there');
  });

  it('tells a branch at a commit that nobody has from a diverged one', () => {
    assert.equal(stateText(snapshot({ branches: [{ ...diverged, state: 'unknown' }], kinds: { branches: branchesConflict } })), '1 branch differs');
  });
});
