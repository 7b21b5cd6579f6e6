import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { CoralError, type Reason } from '../../../src/core/base/errors';
import { checkText, isUsable, repairsFor } from '../../../src/vscode/wording/checkResult';
import type { RemoteCheck } from '../../../src/worker/protocol/remotes';

const bucket = { name: 'origin', url: 's3://models/a/' };
const folder = { name: 'origin', url: 'file:///mnt/a' };
const good: RemoteCheck = { exists: true, canRead: true, canWrite: true, weights: 118 };
const failed = (reason: Reason, seen: Partial<RemoteCheck> = {}): RemoteCheck => (
  { exists: false, canRead: false, canWrite: false, weights: 0, error: new CoralError(reason, 'This is why.').toJSON(), ...seen });

describe('what a connection test saw', () => {
  it('in words', () => {
    assert.equal(checkText(bucket, good), 'origin can be read and written: 118 weights there.');
    assert.equal(checkText(bucket, { ...good, weights: 1 }), 'origin can be read and written: 1 weight there.');
    assert.equal(checkText(folder, { ...good, exists: false, weights: 0 }), 'origin can be used: the first push makes /mnt/a.');
    assert.equal(checkText(bucket, failed('denied', { exists: true, canRead: true, weights: 2 })), 'origin can be read but not written: 2 weights there. This is why.');
    assert.equal(checkText(bucket, failed('auth')), 'This is why.');
  });

  it('is good only when it can be read and written', () => {
    assert.deepEqual([good, failed('denied', { exists: true, canRead: true }), failed('auth')].map(isUsable), [true, false, false]);
  });

  it('suggests what fits the reason and the place', () => {
    const bucketRepairs = (reason: Reason, seen?: Partial<RemoteCheck>) => repairsFor(bucket, failed(reason, seen)).join(' ');
    assert.equal(bucketRepairs('auth'), 'credentials retry save');
    assert.equal(bucketRepairs('denied'), 'policy credentials retry save');
    assert.equal(bucketRepairs('missing'), 'createBucket address retry save');
    assert.equal(bucketRepairs('network'), 'address retry save');
    assert.equal(bucketRepairs('network', { otherEndpoint: 'https://h:1' }), 'otherEndpoint address retry save');
    assert.equal(bucketRepairs('full'), 'retry save');
    assert.equal(repairsFor(folder, failed('denied')).join(' '), 'retry save');
    assert.equal(repairsFor(folder, failed('invalid')).join(' '), 'address retry save');
    assert.equal(repairsFor({ url: 'gcs://b' }, failed('denied')).join(' '), 'credentials retry save');
  });
});
