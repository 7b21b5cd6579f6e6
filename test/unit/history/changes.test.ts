import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { changesOf, countChanges, decidingDeltas } from '../../../src/core/history/changes';

type Recorded = Parameters<typeof changesOf>[0];

const [h1, h2, d1, d2] = ['1', '2', 'd1', 'd2'].map((text) => text.padStart(16, '0')) as [string, string, string, string];
const recorded = (weightHashes: Record<string, string>, deltaWeights: Record<string, string> = {}): Recorded => ({ weightHashes, deltaWeights });
const brief = (commit: Recorded, parent: Recorded | undefined, references: Record<string, string> = {}): string[] =>
  changesOf(commit, parent, new Map(Object.entries(references))).map(({ kind, name }) => `${kind} ${name}`);

describe('what a commit changed', () => {
  it('added, changed, removed, by name, "layers.2" before "layers.10"', () => {
    const changes = changesOf(recorded({ 'layers.10': h1, 'layers.2': h2, same: h1 }), recorded({ gone: h1, 'layers.2': h1, same: h1 }), new Map());
    assert.deepEqual(changes, [
      { name: 'gone', kind: 'D', formerHash: h1 },
      { name: 'layers.2', kind: 'M', hash: h2, formerHash: h1, deltaHash: undefined },
      { name: 'layers.10', kind: 'A', hash: h1, formerHash: undefined, deltaHash: undefined },
    ]);
    assert.deepEqual(countChanges(changes), { added: 1, changed: 1, removed: 1 });
  });

  it('a first commit adds all that it lists', () => {
    assert.deepEqual(brief(recorded({ a: h1, b: h1 }), undefined), ['A a', 'A b']);
    assert.deepEqual(decidingDeltas(recorded({ a: h1 }, { a: d1 }), undefined), []);
  });

  it('a weight stored as a delta of the former one is changed, though the recorded hash is the same', () => {
    const [commit, parent] = [recorded({ w: h1 }, { w: d1 }), recorded({ w: h1 })];
    assert.deepEqual(decidingDeltas(commit, parent), [d1]);
    assert.deepEqual(brief(commit, parent, { [d1]: h1 }), ['M w']);
    assert.deepEqual(brief(commit, parent), ['M w'], 'nobody knows what the delta is based on: do not hide a change');
    assert.equal(changesOf(commit, parent, new Map([[d1, h1]]))[0]?.deltaHash, d1);
  });

  it('a delta beside the full weight changes nothing', () => {
    const [commit, parent] = [recorded({ w: h2 }), recorded({ w: h2 }, { w: d1 })];
    assert.deepEqual(decidingDeltas(commit, parent), [d1]);
    assert.deepEqual(brief(commit, parent, { [d1]: h1 }), []);
  });

  it('two deltas of one reference are two values, the same delta is one', () => {
    assert.deepEqual(brief(recorded({ w: h1 }, { w: d2 }), recorded({ w: h1 }, { w: d1 }), { [d1]: h1, [d2]: h1 }), ['M w']);
    assert.deepEqual(brief(recorded({ w: h1 }, { w: d1 }), recorded({ w: h1 }, { w: d1 }), { [d1]: h1 }), []);
  });

  it('takes names that objects have of their own for names', () => {
    assert.deepEqual(brief(recorded({ constructor: h1 }), recorded({})), ['A constructor']);
    assert.deepEqual(brief(recorded({}), recorded({ toString: h1 })), ['D toString']);
  });
});
