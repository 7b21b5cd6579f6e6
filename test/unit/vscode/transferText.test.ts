import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CoralError } from '../../../src/core/base/errors';
import { SyncResult } from '../../../src/core/transfer/syncResult';
import { cancelledText, detailsText, failedHashes, movedNothing, partialText, successText } from '../../../src/vscode/wording/transferText';

describe('results', () => {
  it('tells a push in one sentence', () => {
    const result = new SyncResult({ pushedWeights: 1204, bytesTransferred: 6_800_000_000 }).toJSON();
    assert.equal(successText('push', 'origin', result, 74_000), 'Pushed 1,204 weights (6.8 GB) to origin in 1 min 14 s.');
  });

  it('tells both ways of a sync, and a transfer of commits alone', () => {
    const both = new SyncResult({ pushedWeights: 3, pulledWeights: 2, bytesTransferred: 1_280 }).toJSON();
    assert.equal(successText('sync', 'origin', both, 400), 'Synced 2↓ 3↑ weights (1.3 kB) with origin in 0.4 s.');
    // A remote with auto_pull is pulled from before a push.
    assert.equal(successText('push', 'origin', both, 400), 'Synced 2↓ 3↑ weights (1.3 kB) with origin in 0.4 s.');
    const pulled = new SyncResult({ pulledWeights: 2, bytesTransferred: 512 }).toJSON();
    assert.equal(successText('push', 'origin', pulled, 400), 'Pulled 2 weights (512 bytes) from origin in 0.4 s.');
    const commits = new SyncResult({ pulledCommits: 1 }).toJSON();
    assert.equal(successText('pull', 'origin', commits, 400), 'Pulled 1 commit from origin in 0.4 s.');
    assert.ok(!movedNothing(commits));
    assert.ok(movedNothing(new SyncResult().toJSON()));
  });

  it('tells what moved besides weights in plain words', () => {
    const text = (fields: ConstructorParameters<typeof SyncResult>[0], direction: 'push' | 'pull' | 'sync' = 'push'): string => {
      const result = new SyncResult(fields).toJSON();
      assert.ok(!movedNothing(result));
      return successText(direction, 'origin', result, 400);
    };
    assert.equal(text({ pushedVersions: 1 }), 'Pushed 1 tag to origin in 0.4 s.');
    assert.equal(text({ pushedStates: 2 }), 'Pushed 2 training states to origin in 0.4 s.');
    assert.equal(text({ pulledCheckpoints: 1, pulledStates: 1 }, 'pull'), 'Pulled 1 training state and 1 checkpoint list from origin in 0.4 s.');
    assert.equal(text({ pushedBranches: 2 }), 'Pushed 2 branches to origin in 0.4 s.');
    assert.equal(text({ pushedNames: 3 }), 'Pushed 3 names to origin in 0.4 s.');
    assert.equal(text({ pushedDeltas: 1, pushedCommits: 1, pushedBranches: 1 }), 'Pushed 1 commit and 1 delta to origin in 0.4 s.');
    assert.equal(text({ pulledVersions: 1 }), 'Pulled 1 tag from origin in 0.4 s.');
    assert.equal(text({ pulledBranches: 1, pushedVersions: 2 }, 'sync'), 'Synced 1 branch down, 2 tags up with origin in 0.4 s.');
    assert.match(detailsText('Push to origin', new SyncResult({ pushedWeights: 1, pushedVersions: 2 }).toJSON()).join('\n'), /Pushed: 1 weight, 2 tags\nPulled: nothing\n/);
  });

  it('counts failures by cause, the most frequent first', () => {
    const failures = (count: number, reason: 'denied' | 'network') =>
      Array.from({ length: count }, (_, index) => new CoralError(reason, `${reason} ${index}`, { hash: `${reason}${index}` }));
    const result = new SyncResult({ pushedWeights: 1167, errors: [...failures(7, 'network'), ...failures(30, 'denied')] }).toJSON();
    const text = partialText('push', 'origin', result);
    assert.equal(text, 'Pushed 1,167 of 1,204 weights to origin. 37 failed: access denied (30), no connection (7).');
    assert.equal(failedHashes(result).length, 37);
    assert.match(detailsText('Push to origin', result).join('\n'), /## 37 errors\n\n- network0: network 0\n/);
  });

  it('tells what somebody else changed from what nobody agreed to', () => {
    const conflicts = ([undefined, 'diverged', 'place', 'credentials', 'folder', 'link'] as const).map((conflict) => new CoralError('conflict', 'no', { conflict }));
    const result = new SyncResult({ pushedWeights: 1, errors: conflicts }).toJSON();
    assert.deepEqual(result.errors.map((error) => CoralError.fromJSON(error).with({ remote: 'origin' }).conflict), conflicts.map(({ conflict }) => conflict));
    assert.match(partialText('push', 'origin', result), /6 failed: not what was agreed to \(4\), changed on the other side \(2\)\.$/);
  });

  it('lets a single failure speak for itself', () => {
    const result = new SyncResult({ pushedWeights: 3, errors: [new CoralError('corrupt', 'encoder.bias does not match its hash.', { hash: 'b5adf40b' })] }).toJSON();
    assert.equal(partialText('push', 'origin', result), 'Pushed 3 of 4 weights to origin. 1 failed: encoder.bias does not match its hash.');
  });

  it('says what a cancelled transfer left', () => {
    assert.equal(cancelledText('push', 'origin', 812), 'Push to origin cancelled: 812 weights are there; push again to send the rest.');
    assert.equal(cancelledText('pull', 'origin', 1), 'Pull from origin cancelled: 1 weight is here; pull again to get the rest.');
    assert.equal(cancelledText('sync', 'origin', 0), 'Sync with origin cancelled: nothing was moved.');
  });
});
