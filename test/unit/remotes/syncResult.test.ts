import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { CoralError } from '../../../src/core/base/errors';
import { SyncResult, type SyncResultJSON } from '../../../src/core/transfer/syncResult';

describe('SyncResult', () => {
  const failed = new SyncResult({ pushedWeights: 2, bytesTransferred: 10, errors: [new CoralError('corrupt', 'no', { hash: 'ab' })], warnings: ['w'] });

  it('adds up', () => {
    const sum = failed.plus(new SyncResult({ pulledWeights: 3, pulledCommits: 1, bytesTransferred: 5, warnings: ['w', 'v'] }));
    assert.deepEqual([sum.pushedWeights, sum.pulledWeights, sum.pulledCommits, sum.bytesTransferred, sum.warnings], [2, 3, 1, 15, ['w', 'v']]);
    assert.equal(sum.success, false);
  });

  it('crosses a thread as JSON', () => {
    const back = SyncResult.fromJSON(JSON.parse(JSON.stringify(failed)) as SyncResultJSON);
    assert.deepEqual(JSON.parse(JSON.stringify(back)), JSON.parse(JSON.stringify(failed)));
    assert.ok(CoralError.is(back.errors[0], 'corrupt'));
    assert.equal(back.errors[0].hash, 'ab');
  });
});
