import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { fractionDone, TransferRate } from '../../../src/vscode/model/transferRate';
import { progressText } from '../../../src/vscode/wording/progressText';

const push = { phase: 'pushing' as const, remote: 'origin' };

describe('progressText', () => {
  it('says weights, bytes, rate and the time left', () => {
    const progress = { ...push, weightsDone: 812, weightsTotal: 1204, bytesDone: 3_100_000_000, bytesTotal: 6_800_000_000 };
    assert.equal(progressText(progress, 92_000_000), '812 of 1,204 weights · 3.1 of 6.8 GB · 92 MB/s · 41 s left');
  });

  it('leaves out what is not known yet', () => {
    const progress = { ...push, weightsDone: 0, weightsTotal: 1, bytesDone: 0 };
    assert.equal(progressText(progress, undefined), '0 of 1 weight');
    assert.equal(progressText({ ...progress, bytesDone: 5_000 }, 0), '0 of 1 weight · 5.0 kB');
  });

  it('says what is waited for', () => {
    const waiting = 'weights.h5 is held by python (pid 4711); waiting.';
    assert.equal(progressText({ ...push, weightsDone: 0, weightsTotal: 0, bytesDone: 0, waiting }, undefined), waiting);
  });
});

describe('fractionDone', () => {
  it('goes by bytes once their total is known, by weights before', () => {
    assert.equal(fractionDone({ ...push, weightsDone: 1, weightsTotal: 4, bytesDone: 10 }), 0.25);
    assert.equal(fractionDone({ ...push, weightsDone: 1, weightsTotal: 4, bytesDone: 10, bytesTotal: 20 }), 0.5);
    assert.equal(fractionDone({ ...push, weightsDone: 0, weightsTotal: 0, bytesDone: 0 }), 0);
    assert.equal(fractionDone({ ...push, weightsDone: 4, weightsTotal: 4, bytesDone: 30, bytesTotal: 20 }), 1);
  });
});

describe('TransferRate', () => {
  it('says nothing in the first half second', () => {
    const rate = new TransferRate();
    rate.add(0, 0);
    rate.add(1_000, 400);
    assert.equal(rate.bytesPerSecond, undefined);
  });

  it('looks back five seconds, so that an old pause is forgotten', () => {
    const rate = new TransferRate();
    for (let second = 0; second <= 10; second += 1) rate.add(0, second * 1_000);
    for (let second = 11; second <= 20; second += 1) rate.add((second - 10) * 2_000_000, second * 1_000);
    assert.equal(rate.bytesPerSecond, 2_000_000);
  });

  it('is never negative when a retry starts a count over', () => {
    const rate = new TransferRate();
    rate.add(5_000, 0);
    rate.add(1_000, 1_000);
    assert.equal(rate.bytesPerSecond, 0);
  });
});
