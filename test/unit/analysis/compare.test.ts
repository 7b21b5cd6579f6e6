import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { compare } from '../../../src/core/analysis/compare';
import { CoralError } from '../../../src/core/base/errors';
import type { Weight } from '../../../src/core/weights/weight';
import { fixture, withStore } from '../storage/hdf5/stores';
import { base64, bytesOf, isClose, needsNumpy, number, numpy, weightOf } from './tensors';

const noise = (i: number, seed: number): number => (Math.imul(i + seed, 2654435761) >>> 0) / 2 ** 32 - 0.5;
const length = 100_003;
const floats = (make: (i: number) => number): Float32Array => Float32Array.from({ length }, (_, i) => make(i));
const one = floats((i) => (i % 1000 === 0 ? NaN : i % 777 === 0 ? Infinity : noise(i, 1)));
const other = floats((i) => (i % 2000 === 0 ? NaN : i % 777 === 0 ? Infinity : i % 5 === 0 ? one[i]! : one[i]! + 0.01 * noise(i, 2)));

interface Truth { readonly equal: number; readonly notFinite: number; readonly maxAbs: string; readonly meanAbs: string; readonly cosine: string; readonly counts: number[] }

const byNumpy = `
def read(side): return np.frombuffer(base64.b64decode(side['data']), side['type'])
a, b = read(given['one']), read(given['other'])
same = lambda a, b: (a == b) | (np.isnan(a) & np.isnan(b))
equal = same(a.real, b.real) & same(a.imag, b.imag)
wide = np.complex128 if a.dtype.kind == 'c' else np.float64
d = b.astype(wide) - a.astype(wide)
d = np.abs(d) if d.dtype.kind == 'c' else d
ok = np.isfinite(d)
x, y, d = a.astype(wide)[ok], b.astype(wide)[ok], d[ok]
edges = (given['first'] + np.arange(given['length'] + 1)) * given['width']
print(json.dumps(dict(equal=int(equal.sum()), notFinite=int((~ok & ~equal).sum()), maxAbs=repr(float(np.abs(d).max())), meanAbs=repr(float(np.abs(d).mean())),
    cosine=repr(float((np.vdot(x, y) / np.linalg.norm(x) / np.linalg.norm(y)).real)), counts=np.histogram(d, bins=edges)[0].tolist())))`;

describe('a comparison is that of numpy', function () {
  this.timeout(60_000);
  needsNumpy();
  const cases: Record<string, { one: [Uint8Array, string, string]; other: [Uint8Array, string, string] }> = {
    'float32 with NaNs and infinities': { one: [bytesOf(one), 'float32', '<f4'], other: [bytesOf(other), 'float32', '<f4'] },
    'float32 and float64': { one: [bytesOf(one), 'float32', '<f4'], other: [bytesOf(Float64Array.from(other, (x) => x * 1.0001)), 'float64', '<f8'] },
    'int8 and int16': { one: [bytesOf(Int8Array.from(one, (x) => x * 100)), 'int8', '<i1'], other: [bytesOf(Int16Array.from(other, (x) => x * 100)), 'int16', '<i2'] },
    'complex64': { one: [bytesOf(one.subarray(0, length - 1)), 'complex64', '<c8'], other: [bytesOf(other.subarray(0, length - 1)), 'complex64', '<c8'] },
  };
  for (const [name, sides] of Object.entries(cases)) {
    it(name, async () => {
      const weight = ([bytes, dtype]: [Uint8Array, string, string], blockBytes: number): Weight => weightOf(dtype, [dtype === 'complex64' ? (length - 1) / 2 : length], bytes, { blockBytes });
      const found = await compare(weight(sides.one, 70_001), weight(sides.other, 33_333));
      const { first, width, counts } = found.histogram;
      const side = ([bytes, , type]: [Uint8Array, string, string]) => ({ data: base64(bytes), type });
      const truth = await numpy<Truth>(byNumpy, { one: side(sides.one), other: side(sides.other), first, width, length: counts.length });
      assert.deepEqual([found.equal, found.notFinite, counts], [truth.equal, truth.notFinite, truth.counts]);
      // The magnitude of a complex number differs in its last digit from one Node to another.
      if (name === 'complex64') assert.ok(isClose(found.maxAbs, number(truth.maxAbs)), `${found.maxAbs} is not ${truth.maxAbs}`);
      else assert.equal(found.maxAbs, number(truth.maxAbs));
      assert.ok(isClose(found.meanAbs, number(truth.meanAbs)), `${found.meanAbs} is not ${truth.meanAbs}`);
      assert.ok(isClose(found.cosine, number(truth.cosine)), `${found.cosine} is not ${truth.cosine}`);
    });
  }
});

describe('a comparison', () => {
  it('of a weight with itself finds no difference', async () => {
    const weight = weightOf('float32', [length], bytesOf(one));
    const { count, equal, notFinite, maxAbs, meanAbs } = await compare(weight, weight);
    assert.deepEqual({ count, equal, notFinite, maxAbs, meanAbs }, { count: length, equal: length, notFinite: 0, maxAbs: 0, meanAbs: 0 });
  });

  it('subtracts 64-bit integers before it rounds', async () => {
    const long = (...values: bigint[]): Weight => weightOf('int64', [values.length], bytesOf(BigInt64Array.from(values)));
    const { equal, maxAbs, isRounded } = await compare(long(2n ** 62n, -(2n ** 60n), 5n), long(2n ** 62n + 1n, -(2n ** 60n) - 3n, 5n));
    assert.deepEqual({ equal, maxAbs, isRounded }, { equal: 1, maxAbs: 3, isRounded: false });
  });

  it('of empty weights and of zeros has no cosine', async () => {
    const { count, maxAbs, cosine } = await compare(weightOf('float32', [0, 3], new Uint8Array()), weightOf('float32', [0, 3], new Uint8Array()));
    assert.deepEqual([count, maxAbs, cosine], [0, undefined, undefined]);
    assert.equal((await compare(weightOf('float32', [], new Uint8Array(4)), weightOf('float32', [], new Uint8Array(4)))).cosine, undefined);
  });

  it('says why it cannot be made', async () => {
    const real = weightOf('float32', [2], new Uint8Array(8));
    await assert.rejects(compare(real, weightOf('float32', [2, 1], new Uint8Array(8))), (error) => CoralError.is(error, 'unsupported') && /float32 \[2\].*float32 \[2, 1\]/.test(error.message));
    await assert.rejects(compare(real, weightOf('complex64', [2], new Uint8Array(16))), (error) => CoralError.is(error, 'unsupported') && error.message.includes('Complex'));
  });

  it('refuses a damaged weight, on either side', () => withStore(fixture('corrupt/flipped-byte-gzip.h5'), {}, async (store) => {
    const damaged = (await store.read('34f275a6f9f99cf1'))!;
    const { shape, dtype } = damaged.metadata;
    const sound = weightOf(dtype, shape, new Uint8Array(damaged.byteLength));
    for (const [left, right] of [[damaged, sound], [sound, damaged]] as const) await assert.rejects(compare(left, right), (error) => CoralError.is(error, 'corrupt'));
  }));
});
