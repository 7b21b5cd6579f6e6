import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { CoralError, type Reason } from '../../../src/core/base/errors';
import { Meter } from '../../../src/core/transfer/meter';
import type { Progress } from '../../../src/core/transfer/progress';
import { type Outcome, type WeightRunOptions, runTransfer } from '../../../src/core/transfer/runTransfer';
import { Weight } from '../../../src/core/weights/weight';
import { MemoryStore, sampleWeights } from '../support/memoryStore';

function run(from: MemoryStore, to: MemoryStore, options: Partial<WeightRunOptions> = {}): Promise<Outcome> {
  return runTransfer([...from.weights.keys()], from, to, { remote: 'origin', meter: new Meter('pushing', 'origin', undefined), ...options });
}

const failing = (reason: Reason, hashes: ReadonlySet<string>) => (hash: string): void => {
  if (hashes.has(hash)) throw new CoralError(reason, `no ${hash}`, { hash });
};

describe('runTransfer', () => {
  it('sends every weight with its bytes', async () => {
    const from = new MemoryStore(sampleWeights(200));
    const to = new MemoryStore();
    const outcome = await run(from, to);
    assert.deepEqual({ ...outcome, arrived: [...outcome.arrived.keys()].sort() }, { arrived: await from.list(), errors: [], isEnded: false, scalars: [] });
    assert.equal([...outcome.arrived.values()].reduce((sum, bytes) => sum + bytes, 0), 200 * 64);
    assert.deepEqual(await to.list(), await from.list());
  });

  it('goes on when 37 of 1,000 weights fail, and names each of them', async () => {
    const weights = sampleWeights(1000);
    const bad = new Set(weights.filter((_, index) => index % 27 === 5).slice(0, 37).map(({ metadata }) => metadata.hash));
    assert.equal(bad.size, 37);
    const outcome = await run(new MemoryStore(weights), new MemoryStore([], { beforeBlock: failing('network', bad) }));
    assert.equal(outcome.arrived.size, 963);
    assert.deepEqual(new Set(outcome.errors.map(({ hash }) => hash)), bad);
    assert.ok(outcome.errors.every(({ reason, remote }) => reason === 'network' && remote === 'origin'));
  });

  it('never sends bytes that do not match their hash, and names the weight', async () => {
    const [good, other] = sampleWeights(2) as [Weight, Weight];
    const corrupt = new Weight(other.metadata, 'little', () => good.blocks());
    const to = new MemoryStore();
    const outcome = await run(new MemoryStore([good, corrupt]), to);
    assert.deepEqual(await to.list(), [good.metadata.hash]);
    assert.deepEqual(outcome.errors.map(({ reason, hash }) => [reason, hash]), [['corrupt', other.metadata.hash]]);
  });

  for (const reason of ['auth', 'denied', 'full', 'missing'] as const) {
    it(`stops at once on "${reason}", which every weight would meet`, async () => {
      const weights = sampleWeights(500);
      const first = new Set([...weights.map(({ metadata }) => metadata.hash)].slice(0, 3));
      const from = new MemoryStore(weights);
      let reads = 0;
      const to = new MemoryStore([], { beforeBlock: failing(reason, first) });
      const counting = new MemoryStore(from.weights.values(), { beforeRead: () => { reads += 1; } });
      const outcome = await run(counting, to, { concurrency: 4 });
      assert.equal(outcome.errors.length, 1);
      assert.equal(outcome.errors[0]?.reason, reason);
      assert.ok(reads < 20, `${reads} weights were read`);
    });
  }

  it('goes on when a weight is removed meanwhile', async () => {
    const weights = sampleWeights(50);
    const gone = weights[7]!.metadata.hash;
    const from: MemoryStore = new MemoryStore(weights, { beforeRead: () => { from.weights.delete(gone); } });
    const outcome = await run(from, new MemoryStore());
    assert.equal(outcome.arrived.size, 49);
    assert.deepEqual(outcome.errors.map(({ reason, hash, remote }) => [reason, hash, remote]), [['missing', gone, 'origin']]);
  });

  it('gives up on a network that is gone, with one error', async () => {
    const weights = sampleWeights(300);
    const all = new Set(weights.map(({ metadata }) => metadata.hash));
    const dead = await run(new MemoryStore(weights), new MemoryStore([], { beforeBlock: failing('network', all) }), { concurrency: 2 });
    assert.deepEqual([dead.errors.map(({ reason }) => reason), dead.isEnded], [['network'], true]);
  });

  it('keeps what arrived when cancelled, and ends with one error that says so', async () => {
    const abort = new AbortController();
    const to = new MemoryStore([], { beforeBlock: async () => { await sleep(1); if (to.writes >= 20) abort.abort(); } });
    const outcome = await run(new MemoryStore(sampleWeights(400)), to, { signal: abort.signal, concurrency: 8 });
    assert.ok(outcome.arrived.size >= 20 && outcome.arrived.size < 60, `${outcome.arrived.size} weights`);
    assert.equal(to.weights.size, outcome.arrived.size);
    assert.deepEqual(outcome.errors.map(({ reason }) => reason), ['cancelled']);
    assert.match(outcome.errors[0]!.message, new RegExp(`after ${outcome.arrived.size} of 400 weights`));
  });

  it('has at most 64 weights under way', async () => {
    const to = new MemoryStore([], { beforeBlock: () => sleep(1) });
    await run(new MemoryStore(sampleWeights(300)), to);
    assert.equal(to.maxWriting, 64);
  });

  it('has at most so many bytes under way, and a weight larger than that goes alone', async () => {
    const small = sampleWeights(30, 256);
    const large = sampleWeights(2, 4096);
    const to = new MemoryStore([], { beforeBlock: () => sleep(1) });
    const outcome = await run(new MemoryStore([...small.slice(0, 15), ...large, ...small.slice(15)]), to, { maxConcurrentBytes: 8 * 1024 });
    assert.equal(outcome.arrived.size, 32);
    assert.equal(to.maxWritingBytes, 4096 * 4);
    const onlySmall = new MemoryStore([], { beforeBlock: () => sleep(1) });
    await run(new MemoryStore(small), onlySmall, { maxConcurrentBytes: 8 * 1024 });
    assert.equal(onlySmall.maxWritingBytes, 8 * 1024);
  });

  it('tells its progress at most five times a second, with the last word at the end', async () => {
    const told: (Progress & { at: number })[] = [];
    const meter = new Meter('pushing', 'origin', (progress) => told.push({ ...progress, at: performance.now() }));
    const start = performance.now();
    await run(new MemoryStore(sampleWeights(100)), new MemoryStore([], { beforeBlock: () => sleep(10) }), { meter, concurrency: 1 });
    const seconds = (performance.now() - start) / 1000;
    assert.ok(told.length > 3 && told.length <= seconds * 5 + 2, `${told.length} times in ${seconds.toFixed(1)} s`);
    assert.deepEqual({ ...told.at(-1), at: 0 }, {
      at: 0, phase: 'pushing', remote: 'origin', weightsDone: 100, weightsTotal: 100, bytesDone: 6400, bytesTotal: 6400 });
    assert.deepEqual([told[0]?.bytesTotal, told[1]?.bytesTotal], [undefined, 6400]);
  });

  it('estimates how much there will be from the sizes that are stored, where others would take a request each', async () => {
    const weights = [...sampleWeights(20, 64), ...sampleWeights(20, 1024)];
    const whole = 20 * 256 + 20 * 4096;
    const from = Object.assign(new MemoryStore(weights), { storedBytes: (hash: string) => from.weights.get(hash)!.byteLength / 2, metadata: () => Promise.reject(new Error('a request')) });
    const told: Progress[] = [];
    await run(from, new MemoryStore([], { beforeBlock: () => sleep(20) }), { meter: new Meter('pulling', 'origin', (progress) => told.push(progress)), concurrency: 1 });
    const before = told.filter(({ weightsDone }) => weightsDone > 0 && weightsDone < 40);
    assert.ok(before.length > 1);
    for (const { bytesTotal } of before) assert.equal(bytesTotal, whole);
    assert.equal(told.at(-1)?.bytesTotal, whole);
  });

  it('says how much there will be though some weights cannot be read, and waits for no size', async () => {
    const weights = sampleWeights(30);
    const from = new MemoryStore(weights);
    const metadata = from.metadata.bind(from);
    from.metadata = (hash, signal) => (hash === weights[3]!.metadata.hash ? Promise.reject(new CoralError('corrupt', 'damaged')) : metadata(hash, signal));
    const told: Progress[] = [];
    const slow = { meter: new Meter('pushing', 'origin', (progress) => told.push(progress)), concurrency: 1 };
    await run(from, new MemoryStore([], { beforeBlock: () => sleep(20) }), slow);
    for (const { bytesTotal } of told.filter(({ weightsDone }) => weightsDone > 5)) assert.equal(bytesTotal, 30 * 64);
    from.metadata = (_hash, signal) => new Promise((_resolve, reject) => { signal?.addEventListener('abort', () => reject(new CoralError('cancelled', 'over'))); });
    assert.equal((await run(from, new MemoryStore(), slow)).arrived.size, 30);
  });

  it('counts the bytes of a weight once, however often it is read', async () => {
    const [weight] = sampleWeights(1) as [Weight];
    const told: Progress[] = [];
    const meter = new Meter('pulling', 'origin', (progress) => told.push(progress));
    const to = new MemoryStore();
    const write = to.write.bind(to);
    to.write = async (counted, options) => {
      for await (const block of counted.blocks()) assert.ok(block.byteLength > 0);
      await write(counted, options);
    };
    await run(new MemoryStore([weight]), to, { meter });
    assert.equal(told.at(-1)?.bytesDone, 64);
  });

  it('names weights without dimensions', async () => {
    const scalar = Weight.from({ name: 'step', shape: [], dtype: 'float32' }, new Uint8Array(4));
    assert.deepEqual((await run(new MemoryStore([scalar]), new MemoryStore())).scalars, [scalar.metadata.hash]);
  });
});
