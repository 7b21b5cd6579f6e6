import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { planWeights, type Selection, type WeightsPlan } from '../../../src/core/sync/planWeights';

const planTransfer = (source: readonly string[], destination: readonly string[], selection?: Selection): WeightsPlan => planWeights(new Set(source), new Set(destination), selection);

describe('planWeights', () => {
  const here = ['a', 'b', 'c'];
  const there = ['c', 'd'];

  it('sends what the other side lacks', () => {
    assert.deepEqual(planTransfer(here, there), { send: ['a', 'b'], present: ['c'], blocked: [] });
  });

  it('sends everything when forced', () => {
    assert.deepEqual(planTransfer(here, there, { force: true }), { send: ['a', 'b', 'c'], present: [], blocked: [] });
  });

  it('keeps to the chosen weights and names those that the source lacks', () => {
    assert.deepEqual(planTransfer(here, there, { weightHashes: new Set(['b', 'c', 'd', 'x']) }), { send: ['b'], present: ['c', 'd'], blocked: ['x'] });
    assert.deepEqual(planTransfer(here, there, { weightHashes: ['c', 'd', 'x'], force: true }), { send: ['c'], present: [], blocked: ['d', 'x'] });
  });

  it('takes an empty choice for nothing', () => {
    assert.deepEqual(planTransfer(here, there, { weightHashes: [] }), { send: [], present: [], blocked: [] });
  });

  it('takes a choice that can be read only once, and named twice', () => {
    assert.deepEqual(planTransfer(here, there, { weightHashes: ['b', 'a', 'b'].values() }).send, ['a', 'b']);
  });
});
