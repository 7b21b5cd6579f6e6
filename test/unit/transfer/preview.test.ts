import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { CoralError } from '../../../src/core/base/errors';
import { describeWeights, maxRead, maxNamed } from '../../../src/core/sync/describeWeights';
import { planWeights, type Selection, type WeightsPlan } from '../../../src/core/sync/planWeights';
import { Weight } from '../../../src/core/weights/weight';
import { MemoryStore, sampleWeights } from '../support/memoryStore';

const planTransfer = (source: readonly string[], destination: readonly string[], selection?: Selection): WeightsPlan => planWeights(new Set(source), new Set(destination), selection);
const gone = (hash: string): CoralError => new CoralError('missing', `${hash} is not there.`);
const hashesOf = (weights: readonly Weight[]): string[] => weights.map(({ metadata }) => metadata.hash);

/** A store as a bucket is: a listing tells what is stored, metadata takes a request each. */
class BucketLike extends MemoryStore {
  asked = 0;

  storedBytes(hash: string): number | undefined {
    return this.weights.has(hash) ? 10 : undefined;
  }

  override metadata(...args: Parameters<MemoryStore['metadata']>): ReturnType<MemoryStore['metadata']> {
    this.asked += 1;
    return super.metadata(...args);
  }
}

describe('describeWeights', () => {
  it('tells names, sizes and totals, in the order of names', async () => {
    const weights = sampleWeights(12);
    const names = new Map([[weights[3]!.metadata.hash, ['head', 'old head']]]);
    const preview = await describeWeights(planTransfer(hashesOf(weights), []), new MemoryStore(weights), names, gone);
    assert.deepEqual([preview.weights, preview.bytes, preview.isEstimate, preview.present, preview.blocked], [12, 12 * 64, false, 0, []]);
    assert.deepEqual(preview.first.map(({ name }) => name).slice(0, 4), ['head', 'layer0.weight', 'layer1.weight', 'layer2.weight']);
    assert.deepEqual(preview.first[0], { hash: weights[3]!.metadata.hash, name: 'head', dtype: 'float32', shape: [16], bytes: 64 });
    assert.deepEqual(preview.first.at(-1)?.name, 'layer11.weight');
  });

  it('sets apart what is asked for and absent, and what cannot be read', async () => {
    const [good, bad] = sampleWeights(2) as [Weight, Weight];
    const store = new MemoryStore([good, bad]);
    store.metadata = (hash) => (hash === bad.metadata.hash
      ? Promise.reject(new CoralError('corrupt', `${hash} is damaged.`)) : Promise.resolve(good.metadata));
    const plan = planTransfer(hashesOf([good, bad]), [], { weightHashes: [...hashesOf([good, bad]), 'ffff'] });
    const { weights, bytes, blocked } = await describeWeights(plan, store, new Map([[bad.metadata.hash, ['bias']]]), gone);
    assert.deepEqual([weights, bytes], [1, 64]);
    assert.deepEqual(blocked, [
      { hash: 'ffff', name: undefined, why: 'ffff is not there.' }, { hash: bad.metadata.hash, name: 'bias', why: `${bad.metadata.hash} is damaged.` },
    ]);
  });

  it('fails where the store cannot be reached, rather than to call weights damaged', async () => {
    const store = new MemoryStore(sampleWeights(1));
    store.metadata = () => Promise.reject(new CoralError('network', 'No answer.'));
    await assert.rejects(describeWeights(planTransfer(await store.list(), []), store, new Map(), gone), (error) => CoralError.is(error, 'network'));
  });

  it('asks a bucket about the first thousand alone, and takes the others for as large as they are stored', async () => {
    const weights = sampleWeights(maxNamed + 5, 4);
    const store = new BucketLike(weights);
    const preview = await describeWeights(planTransfer(hashesOf(weights), []), store, new Map(), gone);
    assert.equal(store.asked, maxNamed);
    assert.deepEqual([preview.weights, preview.first.length, preview.isEstimate], [maxNamed + 5, maxNamed, true]);
    assert.equal(preview.bytes, maxNamed * 16 + 5 * 10);
  });

  it('looks at ten thousand of many local weights, and takes the others for as large on average', async () => {
    const [one] = sampleWeights(1) as [Weight];
    const hashes = Array.from({ length: 3 * maxRead }, (_, index) => index.toString(16).padStart(16, '0'));
    const store = new MemoryStore();
    const asked: string[] = [];
    store.metadata = (hash) => {
      asked.push(hash);
      return Promise.resolve({ ...one.metadata, hash });
    };
    const preview = await describeWeights(planTransfer(hashes, []), store, new Map(), gone);
    assert.deepEqual([asked.length, preview.weights, preview.bytes, preview.isEstimate], [maxRead, 3 * maxRead, 3 * maxRead * 64, true]);
    assert.ok(asked.some((hash) => hash > hashes.at(-10)!), 'the last ones are looked at too');
  });

  it('names weights without dimensions', async () => {
    const scalar = Weight.from({ name: 'step', shape: [], dtype: 'int64' }, new Uint8Array(8));
    const store = new MemoryStore([scalar, ...sampleWeights(1)]);
    assert.deepEqual((await describeWeights(planTransfer(await store.list(), []), store, new Map(), gone)).scalars, ['step']);
  });
});
