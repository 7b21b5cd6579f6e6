import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { CoralError, type Reason } from '../../../src/core/base/errors';
import { HDF5Store } from '../../../src/core/storage/hdf5/hdf5Store';
import { decodeDelta } from '../../../src/core/weights/decodeDelta';
import { Delta, type DeltaArray, deltaHash, type DeltaMetadata } from '../../../src/core/weights/delta';
import { Weight } from '../../../src/core/weights/weight';
import { fixturePath, readFixtureJson } from '../support/fixtures';

interface Entry {
  readonly delta_hash: string | null;
  readonly delta?: { readonly reference_hash: string };
  readonly upstream_reads: { readonly sha256_le: string; readonly shape: number[]; readonly dtype: string };
}

const manifest = readFixtureJson('deltas', 'manifest.json') as Record<string, { readonly entries?: Record<string, Entry> }>;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A delta in memory. */
function deltaOf(metadata: Partial<DeltaMetadata>, array: DeltaArray, data: Uint8Array): Delta {
  const full = { hash: '00000000000000aa', deltaType: 'compressed', originalShape: [3], originalDtype: 'float32', referenceHash: '', metadata: '{}', compressionRatio: 0, ...metadata };
  return new Delta(full, array, async function* () { yield data; });
}

const bytesArray = (data: Uint8Array): DeltaArray => ({ shape: [data.byteLength], dtype: 'uint8', byteOrder: 'little' });

describe('decodeDelta', function () {
  this.timeout(60_000);

  describe('makes of the deltas of the fixtures what the Python tool makes of them', () => {
    for (const [fixture, { entries = {} }] of Object.entries(manifest)) {
      const deltas = Object.entries(entries).filter(([, { delta }]) => delta !== undefined);
      if (deltas.length === 0) continue;
      it(`${fixture}: ${deltas.map(([name]) => name).join(', ')}`, async () => {
        const store = await HDF5Store.open(fixturePath('deltas', fixture, '.coral', 'objects', 'weights.h5'));
        try {
          for (const [name, { delta_hash: hash, delta: { reference_hash: referenceHash } = { reference_hash: '' }, upstream_reads: truth }] of deltas) {
            const [delta, reference] = [await store.readDelta(hash!), await store.read(referenceHash)];
            assert.deepEqual([delta!.metadata.originalShape, delta!.metadata.originalDtype], [truth.shape, truth.dtype], name);
            assert.equal(sha256(await decodeDelta(delta!, reference!)), truth.sha256_le, name);
          }
        } finally {
          await store.close();
        }
      });
    }
  });

  describe('refuses', () => {
    const reference = Weight.from({ name: 'r', shape: [3], dtype: 'float32' }, new Uint8Array(12));
    const referenceHash = reference.metadata.hash;
    const refuses = (reason: Reason, pattern: RegExp, delta: Delta, of = reference) => assert.rejects(decodeDelta(delta, of), (error: unknown) => {
      assert.ok(CoralError.is(error, reason), String(error));
      assert.match(error.message, pattern);
      assert.equal(error.hash, delta.metadata.hash);
      return true;
    });
    const ofBytes = (data: Uint8Array, metadata: Partial<DeltaMetadata> = {}): Delta => deltaOf({ referenceHash, ...metadata }, bytesArray(data), data);

    it('a stream that inflates to more or to less than the shape says, that is cut off, or is none', async () => {
      const good = deflateSync(new Uint8Array(12));
      assert.deepEqual(await decodeDelta(ofBytes(good), reference), new Uint8Array(12));
      await refuses('corrupt', /Delta 00000000000000aa is damaged: .*does not inflate to 12 bytes/, ofBytes(deflateSync(new Uint8Array(50_000_000))));
      await refuses('corrupt', /inflates to 8 bytes instead of 12/, ofBytes(deflateSync(new Uint8Array(8))));
      await refuses('corrupt', /does not inflate/, ofBytes(good.subarray(0, good.byteLength - 6)));
      await refuses('corrupt', /does not inflate/, ofBytes(Buffer.from('not zlib')));
      await refuses('corrupt', /does not inflate/, ofBytes(new Uint8Array(0)));
    });

    it('lengths of streams that reach beyond the data', async () => {
      for (const deltaType of ['xor_float32', 'xor_bfloat16', 'exponent_mantissa']) {
        await refuses('corrupt', /cut off/, ofBytes(Buffer.from('ffffffffffffffff', 'hex'), { deltaType }));
        await refuses('corrupt', /cut off/, ofBytes(Buffer.from('ff', 'hex'), { deltaType }));
      }
    });

    it('an array of another type or length', async () => {
      for (const deltaType of ['float32_raw', 'int8_quantized', 'int16_quantized', 'sparse']) await refuses('corrupt', /its data is uint8/, ofBytes(new Uint8Array(12), { deltaType }));
      await refuses('corrupt', /its data has 2 numbers where 3 belong/, deltaOf({ referenceHash, deltaType: 'float32_raw' }, { shape: [2], dtype: 'float32', byteOrder: 'little' }, new Uint8Array(8)));
      await refuses('corrupt', /its data has 8 numbers where 9 belong/, ofBytes(new Uint8Array(8), { deltaType: 'per_axis_scaled' }));
    });

    it('sparse indexes outside the weight', async () => {
      for (const index of [3, -1, NaN, Infinity]) {
        const pair = new Uint8Array(Float32Array.of(index, 1).buffer);
        await refuses('corrupt', /it changes element (3|-1|NaN|Infinity) of 3/, deltaOf({ referenceHash, deltaType: 'sparse' }, { shape: [1, 2], dtype: 'float32', byteOrder: 'little' }, pair));
      }
    });

    it('quantized deltas without a scale', async () => {
      for (const metadata of ['{}', '[]', 'null', '{"scale": "x", "offset": 0}', '{"scale": 1, "offset": null}', '{', '']) {
        await refuses('corrupt', /scale or offset|not JSON/, deltaOf({ referenceHash, deltaType: 'int8_quantized', metadata }, { shape: [3], dtype: 'int8', byteOrder: 'little' }, new Uint8Array(3)));
      }
    });

    it('a reference of another shape, type or hash, types it cannot compute, and unknown encodings', async () => {
      await refuses('corrupt', /it describes float32 \(3, 1\), but the weight it is based on is float32 \(3\)/, ofBytes(new Uint8Array(1), { originalShape: [3, 1] }));
      await refuses('corrupt', /it describes int32/, ofBytes(new Uint8Array(1), { originalDtype: 'int32' }));
      await refuses('invalid', /is based on weight 00000000000000bb/, ofBytes(new Uint8Array(1), { referenceHash: '00000000000000bb' }));
      await refuses('unsupported', /type "wavelet"/, ofBytes(new Uint8Array(1), { deltaType: 'wavelet' }));
      for (const dtype of ['bfloat16', 'float128', 'bool']) {
        const other = Weight.from({ name: 'r', shape: [0], dtype }, new Uint8Array(0));
        await refuses('unsupported', new RegExp(`a ${dtype} weight`), ofBytes(new Uint8Array(1), { referenceHash: other.metadata.hash, originalShape: [0], originalDtype: dtype }), other);
      }
    });

    it('a weight of more than 1 GiB, before it reads anything', async () => {
      const shape = [300_000_000];
      const large = new Weight({ name: 'r', shape, dtype: 'float32', compressionInfo: {}, hash: referenceHash }, 'little', () => assert.fail('read'));
      await refuses('unsupported', /more than 1073741824 bytes/, ofBytes(new Uint8Array(1), { originalShape: shape }), large);
    });

    it('to go on once it is cancelled', async () => {
      await assert.rejects(decodeDelta(ofBytes(deflateSync(new Uint8Array(12))), reference, AbortSignal.abort()), (error: unknown) => CoralError.is(error, 'cancelled'));
    });
  });

  it('takes NaN and Infinity for a scale, as Python writes them', async () => {
    const reference = Weight.from({ name: 'r', shape: [3], dtype: 'float32' }, new Uint8Array(12));
    const read = async (metadata: string): Promise<number[]> => {
      const delta = deltaOf({ referenceHash: reference.metadata.hash, deltaType: 'int8_quantized', metadata }, { shape: [3], dtype: 'int8', byteOrder: 'little' }, Uint8Array.of(0, 1, 2));
      return [...new Float32Array((await decodeDelta(delta, reference)).buffer)];
    };
    assert.deepEqual(await read('{"scale": 1.0, "offset": -Infinity, "bits": 8}'), [-Infinity, -Infinity, -Infinity]);
    assert.deepEqual(await read('{"scale": NaN, "offset": NaN, "bits": 8}'), [NaN, NaN, NaN]);
    assert.deepEqual(await read('{"scale": Infinity, "offset": 0.5, "bits": 8}'), [NaN, Infinity, Infinity]);
    assert.deepEqual(await read('{"note": "NaN \\" Infinity", "scale": 2e0, "offset": 0.5, "bits": 8}'), [0.5, 2.5, 4.5]);
  });

  it('hashes the reference, the data and the type', async () => {
    const data = Buffer.from('0102', 'hex');
    assert.equal(await deltaHash('78b708c8a7deb662', 'sparse', [data.subarray(0, 1), data.subarray(1)]), await deltaHash('78b708c8a7deb662', 'sparse', [data]));
    assert.notEqual(await deltaHash('78b708c8a7deb662', 'sparse', [data]), await deltaHash('78b708c8a7deb662', 'compressed', [data]));
  });
});
