import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { statisticsOf, type Statistics } from '../../../src/core/analysis/statistics';
import { maxBins } from '../../../src/core/analysis/growingHistogram';
import { CoralError } from '../../../src/core/base/errors';
import { python } from '../storage/hdf5/python';
import { fixture, withStore } from '../storage/hdf5/stores';
import { base64, bytesOf, isClose, needsNumpy, number, numpy, weightOf } from './tensors';

/** What numpy makes of a weight; numbers as text. */
interface Truth {
  readonly count: number;
  readonly zeros: number;
  readonly nan: number;
  readonly infinite: number;
  readonly min?: string;
  readonly max?: string;
  readonly mean?: string;
  readonly std?: string;
  readonly largest?: string;
}

const describeArray = `
def truth(a):
    v = np.abs(a.astype(np.complex256)).astype(np.float64).ravel() if a.dtype.kind == 'c' else np.asarray(a).ravel()
    finite = v[np.isfinite(v)]
    out = dict(count=int(v.size), zeros=int((v == 0).sum()), nan=int(np.isnan(v).sum()), infinite=int(np.isinf(v).sum()))
    if finite.size:
        exact = str if a.dtype.kind in 'iu' else lambda x: repr(float(x))
        wide = finite.astype(np.longdouble)
        out.update(min=exact(finite.min()), max=exact(finite.max()), mean=repr(float(wide.mean())), std=repr(float(finite.astype(np.float64).std())), largest=repr(float(np.abs(wide).max())))
        if a.dtype.kind == 'b': out.update(min=str(int(finite.min())), max=str(int(finite.max())))
    return out
`;

function assertSame(found: Statistics, truth: Truth, what: string): void {
  const { count, zeros, nan, infinite, exact } = found;
  assert.deepEqual({ count, zeros, nan, infinite }, { count: truth.count, zeros: truth.zeros, nan: truth.nan, infinite: truth.infinite }, what);
  const { min, max, mean, std, largest } = truth;
  if (min === undefined || max === undefined || mean === undefined || std === undefined || largest === undefined) {
    assert.deepEqual([found.min, found.max, found.mean, found.std, found.histogram.counts], [undefined, undefined, undefined, undefined, []], what);
    return;
  }
  if (exact) assert.deepEqual(exact, { min, max }, what);
  const scale = number(largest);
  // The magnitude of a complex number may differ in its last bit.
  if (found.of === 'magnitudes') assert.ok(isClose(found.min, number(min)) && isClose(found.max, number(max)), what);
  else assert.deepEqual([found.min, found.max], [number(min), number(max)], what);
  assert.ok(isClose(found.mean, number(mean), scale), `${what}: mean ${found.mean} is not ${mean}`);
  assert.ok(isClose(found.std, number(std), 1e-3 * scale), `${what}: std ${found.std} is not ${std}`);
  const sum = found.histogram.counts.reduce((total, bin) => total + bin, 0);
  assert.equal(sum, count - nan - infinite, what);
}

describe('statistics are those of numpy', function () {
  this.timeout(60_000);
  needsNumpy();

  for (const file of ['weights-gzip.h5', 'weights-lzf.h5', 'weights-uncompressed.h5']) {
    it(`for every dtype and shape of dtypes/${file}`, () => withStore(fixture('dtypes', file), {}, async (store) => {
      const truths = python<Record<string, Truth>>(`
import h5py, json, sys, numpy as np
np.seterr(all='ignore')
${describeArray}
with h5py.File(sys.argv[1], 'r') as f: print(json.dumps({key: truth(d[()]) for key, d in f['weights'].items()}))`, fixture('dtypes', file));
      const hashes = await store.list();
      assert.ok(hashes.length > 30);
      const found = new Map<string, Statistics>();
      for (const hash of hashes) {
        const weight = await store.read(hash);
        assert.ok(weight);
        const statistics = await statisticsOf(weight);
        found.set(hash, statistics);
        assertSame(statistics, truths[hash]!, `${weight.metadata.name} ${weight.metadata.dtype}`);
        assert.equal(statistics.of, weight.metadata.dtype.startsWith('complex') ? 'magnitudes' : 'values');
      }
      const bins = await numpy<Record<string, number[]>>(`
import h5py
out = {}
with h5py.File(given['file'], 'r') as f:
    for key, (first, width, length) in given['bins'].items():
        v = f['weights'][key][()]
        v = np.asarray(np.abs(v.astype(np.complex256)) if v.dtype.kind == 'c' else v).astype(np.float64).ravel()
        out[key] = np.histogram(v[np.isfinite(v)], bins=(first + np.arange(length + 1)) * float(width))[0].tolist()
print(json.dumps(out))`, {
        file: fixture('dtypes', file),
        bins: Object.fromEntries([...found].filter(([, { histogram }]) => histogram.counts.length > 0)
          .map(([hash, { histogram: { first, width, counts } }]) => [hash, [first, width, counts.length]])),
      });
      for (const [hash, counts] of Object.entries(bins)) assert.deepEqual(found.get(hash)?.histogram.counts, counts, hash);
    }));
  }

  it('for bfloat16, which numpy does not know', () => withStore(fixture('dtypes/weights-bfloat16-synthetic.h5'), {}, async (store) => {
    const truths = python<Record<string, Truth>>(`
import h5py, json, sys, numpy as np
${describeArray}
with h5py.File(sys.argv[1], 'r') as f:
    print(json.dumps({key: truth((np.frombuffer(d[()].tobytes(), '<u2').astype('<u4') << 16).view('<f4')) for key, d in f['weights'].items()}))`,
    fixture('dtypes/weights-bfloat16-synthetic.h5'));
    const [hash] = await store.list();
    assertSame(await statisticsOf((await store.read(hash!))!), truths[hash!]!, 'bfloat16');
  }));

  const many = (make: (i: number) => number, length = 300_001): Float64Array => Float64Array.from({ length }, (_, i) => make(i));
  const noise = (i: number): number => ((Math.imul(i + 1, 2654435761) >>> 0) / 2 ** 32 - 0.5);
  const cases: Record<string, Float64Array> = {
    'a mean that is large against the spread': many((i) => 1e9 + noise(i)),
    'numbers whose sum overflows': many((i) => (i % 2 === 0 ? 1.5e308 : 1.7e308) * (i % 3 === 0 ? -1 : 1)),
    'subnormal numbers around 0': many((i) => Math.round(noise(i) * 1000) * 5e-324),
    'a range that grows from nothing to all': many((i) => noise(i) * 2 ** Math.min(900, i / 100 - 900)),
    'many NaNs, infinities and zeros': many((i) => [NaN, 0, Infinity, -0, -Infinity, noise(i), 1][i % 7]!),
    'a first block of zeros': many((i) => (i < 40_000 ? 0 : noise(i) * 1e-6)),
    'a constant': many(() => -0.1),
    'no finite number': many((i) => (i % 2 === 0 ? NaN : Infinity)),
  };
  for (const [name, values] of Object.entries(cases)) {
    it(`for ${name}, whatever the blocks`, async () => {
      const found = await statisticsOf(weightOf('float64', [values.length], bytesOf(values), { blockBytes: 100_003 }));
      const { first, width, counts } = found.histogram;
      const [truth, bins] = await numpy<[Truth, number[] | null]>(`${describeArray}
a = np.frombuffer(base64.b64decode(given['data']), '<f8')
edges = (given['first'] + np.arange(given['length'] + 1)) * given['width']
print(json.dumps([truth(a), np.histogram(a[np.isfinite(a)], bins=edges)[0].tolist() if given['length'] else None]))`,
      { data: base64(bytesOf(values)), first, width, length: counts.length });
      assertSame(found, truth, name);
      if (bins) assert.deepEqual(counts, bins);
      assert.ok(counts.length <= maxBins);
      if (counts.length > 0) assert.ok(counts.at(0)! > 0 && counts.at(-1)! > 0, 'the first and the last bin hold something');
    });
  }

  it('for 64-bit integers beyond 2^53: min and max to the last digit, and it says that others are rounded', async () => {
    const values = BigInt64Array.from([2n ** 62n + 1n, -(2n ** 62n) - 3n, 2n ** 62n, 7n]);
    const found = await statisticsOf(weightOf('int64', [4], bytesOf(values)));
    assert.deepEqual(found.exact, { min: '-4611686018427387907', max: '4611686018427387905' });
    assert.equal(found.isRounded, true);
    const small = await statisticsOf(weightOf('int64', [2], bytesOf(BigInt64Array.from([-5n, 2n ** 53n]))));
    assert.deepEqual([small.exact, small.isRounded, small.min, small.max], [undefined, false, -5, 2 ** 53]);
  });
});

describe('statistics', () => {
  it('have bins of at least 1 for integers', async () => {
    const { histogram } = await statisticsOf(weightOf('int8', [5], Uint8Array.of(1, 1, 2, 255, 3)));
    assert.deepEqual(histogram, { first: -1, width: 1, counts: [1, 0, 2, 1, 1] });
  });

  it('tell how far they are, and stop when they are cancelled', async () => {
    const weight = weightOf('float32', [1000], new Uint8Array(4000), { blockBytes: 1000 });
    const told: [number, number][] = [];
    const controller = new AbortController();
    const onRead = (done: number, total: number): void => {
      told.push([done, total]);
      if (done === 2000) controller.abort();
    };
    await assert.rejects(statisticsOf(weight, { onRead, signal: controller.signal }), (error) => CoralError.is(error, 'cancelled'));
    assert.deepEqual(told, [[1000, 4000], [2000, 4000]]);
  });

  it('refuse a damaged weight', () => withStore(fixture('corrupt/flipped-byte-gzip.h5'), {}, async (store) => {
    const weight = await store.read('34f275a6f9f99cf1');
    await assert.rejects(statisticsOf(weight!), (error) => CoralError.is(error, 'corrupt'));
  }));
});
