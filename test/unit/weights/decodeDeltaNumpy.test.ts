import { before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { decodeDelta } from '../../../src/core/weights/decodeDelta';
import { Delta, deltaHash } from '../../../src/core/weights/delta';
import { dtypeOf } from '../../../src/core/weights/dtype';
import { Weight } from '../../../src/core/weights/weight';
import { numpy, python } from './numpy';

interface Case {
  readonly type: string;
  readonly dtype: string;
  readonly shape: number[];
  readonly big: boolean;
  readonly reference: string;
  readonly data: string;
  readonly dataDtype: string;
  readonly dataShape: number[];
  readonly metadata: string;
  readonly result: string;
}

/** Every encoding on every dtype: references and differences of all bit patterns, and small ones; what numpy makes of them. */
const script = `
import base64, json, warnings, zlib
import numpy as np
warnings.simplefilter('ignore')
np.seterr(all='ignore')
rng = np.random.default_rng(7)
f4, u1, u2, u4 = np.float32, np.uint8, np.uint16, np.uint32

def wild(dtype, n):
    dtype = np.dtype(dtype)
    return np.frombuffer(rng.bytes(n * dtype.itemsize), dtype).copy()

def tame(dtype, n):
    values = rng.normal(size=n) * (40 if np.dtype(dtype).kind in 'iu' else 1)
    return (np.abs(values) if np.dtype(dtype).kind == 'u' else values).astype(dtype)

def mixed(dtype, n):
    values = np.where(rng.random(n) < 0.5, wild(dtype, n), tame(dtype, n)).astype(dtype)
    values[:2] = 0
    values[1:2] = -values[1:2]
    return values

def packed(streams):
    done = [zlib.compress(stream.tobytes()) for stream in streams]
    return np.frombuffer(np.array([len(stream) for stream in done[:-1]], u4).tobytes() + b''.join(done), u1), {}

def add(r, d):
    return r + d

def flip(r, bits):
    return (r.astype(f4).view(u4) ^ bits).view(f4)

def differences(n):
    d = mixed(f4, n)
    extreme = rng.random(n) < 0.2
    d[extreme] = np.float32(2.0) ** rng.integers(5, 66, extreme.sum()) * rng.choice([-1, 1], extreme.sum()) + 1.5
    return d

def float32_raw(r, n):
    d = differences(n).reshape(r.shape)
    return d, {}, add(r, d)

def compressed(r, n):
    d = differences(n).reshape(r.shape)
    return (*packed([d]), add(r, d))

def xor_float32(r, n):
    bits = np.where(rng.random(n) < 0.3, wild(u4, n), wild(u4, n) >> 20).astype(u4).reshape(r.shape)
    return (*packed([(bits >> 23).astype(u2), bits & 0x7fffff]), flip(r, bits))

def xor_bfloat16(r, n):
    bits = wild(u4, n).reshape(r.shape)
    return (*packed([(bits >> 16).astype(u2), bits.astype(u2)]), flip(r, bits))

def exponent_mantissa(r, n):
    d = differences(n).reshape(r.shape)
    bits = d.view(u4)
    streams = [np.packbits((bits >> 31).astype(u1).ravel()), (bits >> 23).astype(u1), bits & 0x7fffff]
    return (*packed(streams), add(r.astype(f4), d))

def quantized(dtype):
    def encode(r, n):
        q = wild(dtype, n).reshape(r.shape)
        scale, offset = float(rng.random()) / 7, float(rng.normal())
        return q, dict(scale=scale, offset=offset), add(r, q.astype(f4) * scale + offset)
    return encode

def sparse(r, n):
    k = n // 3
    index, values = rng.integers(0, max(n, 1), k), differences(k)
    d = np.zeros(n, f4)
    d[index] = values
    return np.column_stack([index, values]).astype(f4), {}, add(r, d.reshape(r.shape))

def per_axis_scaled(r, n):
    rows = r.shape[0]
    columns = n // rows if rows else 0
    row, column = mixed(np.float16, rows), mixed(np.float16, columns)
    signs = rng.integers(0, 2, n).astype(u1)
    d = (signs.reshape(rows, columns).astype(f4) * 2 - 1) * row.astype(f4).reshape(-1, 1) * column.astype(f4).reshape(1, -1)
    return np.concatenate([row.view(u1), column.view(u1), np.packbits(signs)]), {}, add(r, d.reshape(r.shape))

encodings = dict(float32_raw=float32_raw, compressed=compressed, xor_float32=xor_float32, xor_bfloat16=xor_bfloat16, exponent_mantissa=exponent_mantissa,
    int8_quantized=quantized(np.int8), int16_quantized=quantized(np.int16), sparse=sparse, per_axis_scaled=per_axis_scaled)
dtypes = 'float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 complex64 complex128'.split()
# What numpy makes of numbers that a uint32 cannot hold depends on where they lie in the array: those that fill a vector register
# come out as 0 or 2^31, the rest modulo 2^32. One at a time they are all the rest.
def cast(array, dtype):
    if dtype != 'uint32':
        return array.astype(dtype)
    return np.array([one.reshape(1).astype(dtype)[0] for one in array.ravel()], dtype)

text = lambda array: base64.b64encode(array.tobytes()).decode()
cases = []
for name, encode in encodings.items():
    for dtype in dtypes:
        for big, shape in [(False, (41, 73)), (True, (997,)), (False, (5, 7, 11)), (False, (0, 3)), (False, (1,))]:
            n = int(np.prod(shape))
            r = mixed(dtype, n).reshape(shape).astype(np.dtype(dtype).newbyteorder('>' if big else '<'))
            data, metadata, result = encode(r, n)
            cases.append(dict(type=name, dtype=dtype, shape=shape, big=big, reference=text(r), data=text(data), dataDtype=data.dtype.name, dataShape=data.shape,
                metadata=json.dumps(metadata), result=text(cast(result, dtype))))
print(json.dumps(cases))
`;

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

async function decoded({ type, dtype, shape, big, reference, data, dataDtype, dataShape, metadata }: Case): Promise<Uint8Array> {
  const weight = Weight.from({ name: 'r', shape, dtype }, bytes(reference), big ? 'big' : 'little');
  const referenceHash = weight.metadata.hash;
  const hash = await deltaHash(referenceHash, type, [bytes(data)]);
  const delta = new Delta({ hash, deltaType: type, originalShape: shape, originalDtype: dtype, referenceHash, metadata, compressionRatio: 0 },
    { shape: dataShape, dtype: dataDtype, byteOrder: 'little' }, async function* () { yield bytes(data); });
  return decodeDelta(delta, weight);
}

/** All NaNs made one: which of its bits arithmetic keeps differs from one processor to the next. */
function withOneNaN(data: Uint8Array, dtype: string): Uint8Array {
  const { kind, unit } = dtypeOf(dtype);
  if (kind !== 'float' && kind !== 'complex') return data;
  const buffer = Buffer.from(data);
  for (let at = 0; at < buffer.byteLength; at += unit) {
    if (unit === 2 && (buffer.readUInt16LE(at) & 0x7fff) > 0x7c00) buffer.writeUInt16LE(0x7e00, at);
    if (unit === 4 && Number.isNaN(buffer.readFloatLE(at))) buffer.writeFloatLE(NaN, at);
    if (unit === 8 && Number.isNaN(buffer.readDoubleLE(at))) buffer.writeDoubleLE(NaN, at);
  }
  return new Uint8Array(buffer);
}

const keepsNaNs = ({ type, dtype }: Case): boolean => type.startsWith('xor') && ['float16', 'float32', 'complex64'].includes(dtype);

describe('decodeDelta beside numpy', function () {
  this.timeout(120_000);
  const missing = python === undefined ? 'no numpy' : process.arch !== 'x64' ? 'no x86-64' : undefined;
  if (missing !== undefined) {
    it(`skipped: ${missing}`, function () { this.skip(); });
    return;
  }

  let cases: Case[] = [];
  before(() => { cases = numpy(script, tmpdir()) as Case[]; });

  for (const type of ['float32_raw', 'compressed', 'xor_float32', 'xor_bfloat16', 'exponent_mantissa', 'int8_quantized', 'int16_quantized', 'sparse', 'per_axis_scaled']) {
    it(`${type}: 13 dtypes, bit for bit`, async () => {
      const own = cases.filter((one) => one.type === type);
      assert.equal(own.length, 13 * 5);
      for (const one of own) {
        const [found, expected] = [await decoded(one), bytes(one.result)];
        const what = `${one.dtype} (${one.shape.join(', ')})${one.big ? ', big-endian' : ''}`;
        if (keepsNaNs(one)) assert.deepEqual(found, expected, what);
        else assert.deepEqual(withOneNaN(found, one.dtype), withOneNaN(expected, one.dtype), what);
      }
    });
  }
});
