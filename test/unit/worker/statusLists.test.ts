import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CoralError } from '../../../src/core/base/errors';
import type { WeightStore } from '../../../src/core/storage/weightStore';
import type { GivenName } from '../../../src/core/repository/givenNames';
import type { CommitLabel } from '../../../src/worker/protocol/weights';
import { StatusLists } from '../../../src/worker/service/statusLists';
import type { KnownNames } from '../../../src/worker/service/knownNames';
import { searchWeights } from '../../../src/worker/service/searchWeights';

const { signal } = new AbortController();
const hash = (digit: string) => digit.repeat(16);
const [old, changed, fresh, theirs] = ['a', 'b', 'c', 'd'].map(hash) as [string, string, string, string];
const label = (commit: string): CommitLabel => ({ hash: commit, title: `commit ${commit}`, isHere: true });
const given = (name: string, of: string, { isCurrent = true, isDelta = false, age = 0 } = {}): GivenName => (
  { name, hash: of, isCurrent, isStagedOnly: false, commit: isCurrent ? 'now' : 'then', isDelta, age });
const known = (names: readonly GivenName[]): KnownNames => ({
  names: new Map(names.map(({ hash: of }) => [of, names.filter((name) => name.hash === of)])), commits: new Map([['now', label('now')], ['then', label('then')]]),
});

/** a is on both sides; b is a new version of it, here; c is new, here, and has two names; d only there */
const made = () => new StatusLists(
  { ahead: [changed, fresh], behind: [theirs], synced: [old] },
  known([given('head.weight', old, { isCurrent: false, age: 2 }), given('head.weight', changed), given('layers.10.bias', fresh), given('alias', fresh, { isDelta: true })]),
);

/** A store of which only metadata is asked. */
function store(name: (hash: string) => string): WeightStore {
  const metadata = (asked: string) => Promise.resolve({ name: name(asked), shape: [2, 3], dtype: 'float32', compressionInfo: {}, hash: asked });
  return { metadata } as Partial<WeightStore> as WeightStore;
}

const failing = (error: CoralError) => ({ metadata: () => Promise.reject(error) }) as Partial<WeightStore> as WeightStore;
const their = (name: string | undefined) => [{ hash: theirs, name, isCurrent: false }];

describe('Comparison', () => {
  it('has a row for each name, marks what is only here and what has another version there; tells of deltas and of other names', async () => {
    const comparison = made();
    const rows = await comparison.rows('ahead', comparison.modules('ahead').ownNames, store(() => ''), signal);
    assert.deepEqual(rows.map(({ hash: of, name, mark, isDelta, otherNames, byteLength }) => [of, name, mark, isDelta, otherNames, byteLength]), [
      [fresh, 'alias', 'A', true, 1, 24], [changed, 'head.weight', 'M', false, 0, 24], [fresh, 'layers.10.bias', 'A', false, 1, 24],
    ]);
  });

  it('asks the store once for a weight of many names, and lists it once by hash', async () => {
    const comparison = made();
    const asked: string[] = [];
    const counting = { metadata: (of: string) => { asked.push(of); return Promise.resolve(undefined); } } as Partial<WeightStore> as WeightStore;
    await comparison.rows('ahead', comparison.modules('ahead').names, counting, signal);
    assert.deepEqual(asked.sort(), [changed, fresh]);
    assert.deepEqual(comparison.flat('ahead').map((row) => row.name), ['head.weight', 'layers.10.bias']);
  });

  it('names the commit of a version that the current one does not have', async () => {
    const comparison = made();
    const [row] = await comparison.rows('synced', comparison.flat('synced'), store(() => ''), signal);
    assert.deepEqual([row?.name, row?.isCurrent, row?.commit], ['head.weight', false, label('then')]);
    assert.deepEqual(searchWeights(comparison, 'head', 9).map(({ hash: of, commit }) => [of, commit?.hash]), [[changed, undefined], [old, 'then']]);
  });

  it('marks what is only there by the name it has there', async () => {
    const marks = async (name: string) => (await made().rows('behind', their(undefined), store(() => name), signal)).map((row) => [row.mark, row.name]);
    assert.deepEqual(await marks('other'), [['R', 'other']]);
    assert.deepEqual(await marks('head.weight'), [['M', 'head.weight']]);
    assert.deepEqual([await marks(''), await marks('unnamed')], [[['R', undefined]], [['R', undefined]]]);
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
    assert.deepEqual(comparison.flat('behind'), [{ hash: theirs, name: 'adapter.up', isCurrent: false }]);
    assert.deepEqual(comparison.total(comparison.modules('behind')), { weights: 1, names: 1, bytes: 24 });
  });

  it('knows the bytes of many weights once it knows those of each', async () => {
    const comparison = made();
    const ahead = comparison.modules('ahead');
    assert.deepEqual(comparison.total(ahead), { weights: 2, names: 3, bytes: undefined });
    await comparison.learnSizes([changed], store(() => ''), async () => undefined, signal);
    assert.deepEqual(comparison.total(ahead), { weights: 2, names: 3, bytes: undefined });
    await comparison.learnSizes([changed, fresh], store(() => ''), async () => undefined, signal);
    assert.deepEqual(comparison.total(ahead), { weights: 2, names: 3, bytes: 48 });
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
    assert.deepEqual(comparison.modules('ahead', 'alias').names.map(({ name }) => name), ['alias']);
    assert.deepEqual(comparison.modules('ahead', 'cccc').names.map(({ name }) => name), ['layers.10.bias', 'alias']);
  });

  it('finds weights by words of a name, or by the beginning of a hash, the best first', () => {
    const found = (text: string, limit = 10) => searchWeights(made(), text, limit).map(({ hash: of, group }) => `${group} ${of[0]}`);
    assert.deepEqual(found('head'), ['ahead b', 'synced a']);
    assert.deepEqual(found('bias 10'), ['ahead c']);
    assert.deepEqual(found('dddd'), ['behind d']);
    assert.deepEqual(found('cccc'), ['ahead c', 'ahead c']);
    assert.deepEqual(found('', 1).length, 1);
    assert.deepEqual(found('nothing'), []);
  });

  it('tells where a row is, in modules and in the flat list', () => {
    const comparison = made();
    assert.deepEqual(comparison.locate('ahead', { hash: fresh }, 'flat'), [1]);
    assert.deepEqual(comparison.locate('ahead', { hash: fresh, name: 'alias' }, 'modules'), [0]);
    assert.deepEqual(comparison.locate('ahead', { hash: fresh, name: 'layers.10.bias' }, 'modules'), [2]);
    assert.deepEqual(comparison.locate('ahead', { hash: fresh, name: 'layers.10.bias' }, 'modules', 'layers'), [0]);
    assert.equal(comparison.locate('ahead', { hash: fresh }, 'modules', 'head'), undefined);
    assert.equal(comparison.locate('synced', { hash: fresh }, 'modules'), undefined);
  });
});
