import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CoralError } from '../../../src/core/errors';
import type { WeightStore } from '../../../src/core/storage/weightStore';
import { Comparison, givenNames } from '../../../src/worker/service/comparison';
import { searchWeights } from '../../../src/worker/service/weightSearch';

const { signal } = new AbortController();
const hash = (digit: string) => digit.repeat(16);
const [old, changed, fresh, theirs] = ['a', 'b', 'c', 'd'].map(hash) as [string, string, string, string];
const given = (names: readonly (readonly [string, string[]])[]) => ({ names: new Map(names), deltaNames: new Map([[fresh, ['alias']]]) });

/** a is on both sides; b is a new version of it, here; c is new, here; d only there */
const made = () => new Comparison(
  { ahead: [changed, fresh], behind: [theirs], synced: [old] },
  given([[old, ['head.weight']], [changed, ['head.weight']], [fresh, ['layers.10.bias', 'alias']]]),
);

/** A store of which only metadata is asked. */
function store(name: (hash: string) => string): WeightStore {
  const metadata = (asked: string) => Promise.resolve({ name: name(asked), shape: [2, 3], dtype: 'float32', compressionInfo: {}, hash: asked });
  return { metadata } as Partial<WeightStore> as WeightStore;
}

const failing = (error: CoralError) => ({ metadata: () => Promise.reject(error) }) as Partial<WeightStore> as WeightStore;
const their = (name: string) => [{ hash: theirs, name }];

describe('Comparison', () => {
  it('marks what is only here, and what has another version there; tells of deltas', async () => {
    const comparison = made();
    const rows = await comparison.rows('ahead', comparison.flat('ahead'), store(() => ''), signal);
    assert.deepEqual(rows.map(({ hash: of, mark, deltaNames }) => [of, mark, deltaNames]), [[changed, 'M', undefined], [fresh, 'A', ['alias']]]);
    assert.deepEqual(rows[1]?.names, ['layers.10.bias', 'alias']);
    assert.equal(rows[1].byteLength, 24);
  });

  it('marks what is only there by the name it has there', async () => {
    const marks = async (name: string) => (await made().rows('behind', their(name), store(() => name), signal)).map(({ mark, names }) => [mark, ...names]);
    assert.deepEqual(await marks('other'), [['R', 'other']]);
    assert.deepEqual(await marks('head.weight'), [['M', 'head.weight']]);
    assert.deepEqual([await marks(''), await marks('unnamed')], [[['R']], [['R']]]);
  });

  it('marks nothing that both sides have', async () => {
    const comparison = made();
    assert.deepEqual((await comparison.rows('synced', comparison.flat('synced'), store(() => 'head.weight'), signal)).map(({ mark }) => mark), [undefined]);
  });

  it('shows a weight whose metadata cannot be read, with the reason; where nothing can be read it rejects', async () => {
    const comparison = made();
    const [row] = await comparison.rows('behind', comparison.flat('behind'), failing(new CoralError('corrupt', 'Its attributes are damaged.')), signal);
    assert.deepEqual([row?.hash, row?.problem, row?.isDamaged], [theirs, 'Its attributes are damaged.', true]);
    await assert.rejects(comparison.rows('behind', comparison.flat('behind'), failing(new CoralError('network', 'No answer.')), signal), { reason: 'network' });
  });

  it('puts weights that nothing names where the store says, and their sizes with them', async () => {
    const comparison = made();
    assert.deepEqual(comparison.unnamed('behind'), [theirs]);
    await comparison.learnNames('behind', store(() => 'adapter.up'), signal);
    assert.deepEqual(comparison.unnamed('behind'), []);
    assert.deepEqual(comparison.flat('behind'), [{ hash: theirs, name: 'adapter.up' }]);
    assert.deepEqual(comparison.total(comparison.flat('behind')), { weights: 1, bytes: 24 });
  });

  it('knows the bytes of many weights once it knows those of each', async () => {
    const comparison = made();
    const ahead = comparison.flat('ahead');
    assert.deepEqual(comparison.total(ahead), { weights: 2, bytes: undefined });
    await comparison.learnSizes([changed], store(() => ''), async () => undefined, signal);
    assert.deepEqual(comparison.total(ahead), { weights: 2, bytes: undefined });
    await comparison.learnSizes([changed, fresh], store(() => ''), async () => undefined, signal);
    assert.deepEqual(comparison.total(ahead), { weights: 2, bytes: 48 });
  });

  it('narrows groups by any name or by hash', () => {
    const comparison = made();
    const hashes = (filter: string) => (['ahead', 'synced'] as const).map((group) => comparison.flat(group, filter).map((weight) => weight.hash));
    assert.deepEqual(hashes('head'), [[changed], [old]]);
    assert.deepEqual(hashes('ALIAS'), [[fresh], []]);
    assert.deepEqual(hashes('*.bias'), [[fresh], []]);
    assert.deepEqual(hashes('aaaa'), [[], [old]]);
    assert.deepEqual(hashes('*eight'), [[changed], [old]]);
    assert.deepEqual(hashes(''), [[changed, fresh], [old]]);
  });

  it('finds weights by words of a name, or by the beginning of a hash, the best first', () => {
    const found = (text: string, limit = 10) => searchWeights(made(), text, limit).map(({ hash: of, group }) => `${group} ${of[0]}`);
    assert.deepEqual(found('head'), ['ahead b', 'synced a']);
    assert.deepEqual(found('bias 10'), ['ahead c']);
    assert.deepEqual(found('dddd'), ['behind d']);
    assert.deepEqual(found('', 1).length, 1);
    assert.deepEqual(found('nothing'), []);
  });

  it('tells where a row is, in modules and in the flat list', () => {
    const comparison = made();
    assert.deepEqual(comparison.locate('ahead', fresh, 'flat'), [1]);
    assert.deepEqual(comparison.locate('ahead', fresh, 'modules'), [1]);
    assert.deepEqual(comparison.locate('ahead', fresh, 'modules', 'layers'), [0]);
    assert.equal(comparison.locate('ahead', fresh, 'modules', 'head'), undefined);
    assert.equal(comparison.locate('synced', fresh, 'modules'), undefined);
  });
});

describe('givenNames', () => {
  it('lists the names that stand for a delta by the hash recorded for them', () => {
    const commit = {
      commitHash: '1', parentHashes: [], weightHashes: { plain: old, delta: changed }, deltaWeights: { delta: hash('e'), gone: hash('f') },
      metadata: { author: '', email: '', message: '', timestamp: '', tags: [] },
    };
    const { names, deltaNames } = givenNames({ staged: { weights: { staged: changed }, deltas: { staged: hash('9') } }, commits: new Map([['1', commit]]) });
    assert.deepEqual([...deltaNames], [[changed, ['staged', 'delta']]]);
    assert.deepEqual(names.get(old), ['plain']);
  });
});
