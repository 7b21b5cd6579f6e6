import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CoralError } from '../../../src/core/errors';
import { compareStores } from '../../../src/core/repository/syncStatus';
import type { WeightStore } from '../../../src/core/storage/weightStore';
import { Comparison } from '../../../src/worker/service/comparison';

const { signal } = new AbortController();
const hash = (digit: string) => digit.repeat(16);
const [old, changed, fresh, theirs] = ['a', 'b', 'c', 'd'].map(hash) as [string, string, string, string];

/** a is on both sides; b is a new version of it, here; c is new, here; d only there */
const comparison = new Comparison(
  compareStores([old, changed, fresh], { weights: [old, theirs], refs: {} }, []),
  new Map([[old, ['head.weight']], [changed, ['head.weight']], [fresh, ['layers.10.bias', 'alias']]]),
);

/** A store of which only metadata is asked. */
function store(name: (hash: string) => string): WeightStore {
  const metadata = (asked: string) => Promise.resolve({ name: name(asked), shape: [2, 3], dtype: 'float32', compressionInfo: {}, hash: asked });
  return { metadata } as Partial<WeightStore> as WeightStore;
}

describe('Comparison', () => {
  it('sorts by name as people count, and those without a name last', () => {
    const hashes = ['1', '2', '3', '4'].map(hash) as [string, string, string, string];
    const names = new Map([[hashes[0], ['layers.10']], [hashes[2], ['layers.2']], [hashes[3], ['layers.2']]]);
    const sorted = new Comparison(compareStores(hashes, { weights: [], refs: {} }, []), names).sorted('ahead');
    assert.deepEqual(sorted, [hashes[2], hashes[3], hashes[0], hashes[1]]);
  });

  it('marks what is only here, and what has another version there', async () => {
    const rows = await comparison.rows('ahead', comparison.sorted('ahead'), store(() => ''), signal);
    assert.deepEqual(rows.map(({ hash: of, mark }) => [of, mark]), [[changed, 'M'], [fresh, 'A']]);
    assert.deepEqual(rows[1]?.names, ['layers.10.bias', 'alias']);
    assert.equal(rows[1].byteLength, 24);
  });

  it('marks what is only there by the name it has there', async () => {
    const marks = async (name: string) => (await comparison.rows('behind', [theirs], store(() => name), signal)).map(({ mark, names }) => [mark, ...names]);
    assert.deepEqual(await marks('other'), [['R', 'other']]);
    assert.deepEqual(await marks('head.weight'), [['M', 'head.weight']]);
    assert.deepEqual([await marks(''), await marks('unnamed')], [[['R']], [['R']]]);
  });

  it('marks nothing that both sides have', async () => {
    assert.deepEqual((await comparison.rows('synced', [old], store(() => 'head.weight'), signal)).map(({ mark }) => mark), [undefined]);
  });

  it('shows a weight whose metadata cannot be read, with the reason', async () => {
    const broken = { metadata: () => Promise.reject(new CoralError('corrupt', 'Its attributes are damaged.')) } as Partial<WeightStore> as WeightStore;
    const [row] = await comparison.rows('ahead', [fresh], broken, signal);
    assert.deepEqual([row?.hash, row?.problem, row?.names[0]], [fresh, 'Its attributes are damaged.', 'layers.10.bias']);
  });
});
