import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CoralError, type Reason } from '../../../src/core/base/errors';
import { ByteReader } from '../../../src/core/weights/byteReader';
import { npyHeader, readNpyHeader } from '../../../src/core/weights/npy';
import { numpy, python } from './numpy';
import { chunked } from './streams';

function headerBytes(dict: string, version = 1): Buffer {
  const text = Buffer.from(dict, version === 3 ? 'utf8' : 'latin1');
  const start = Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0\0\0${version > 1 ? '\0\0' : ''}`, 'latin1');
  start.writeUIntLE(text.byteLength, 8, version === 1 ? 2 : 4);
  return Buffer.concat([start, text]);
}

const read = async (bytes: Uint8Array): ReturnType<typeof readNpyHeader> => readNpyHeader(new ByteReader(chunked(bytes, 3)));

async function refuses(bytes: Uint8Array, reason: Reason, pattern: RegExp): Promise<void> {
  await assert.rejects(read(bytes), (error) => {
    assert.ok(CoralError.is(error, reason), String(error));
    assert.match(error.message, pattern);
    return true;
  });
}

describe('npy header', () => {
  const valid = "{'descr': '<f4', 'fortran_order': False, 'shape': (30, 8), }";

  for (const version of [1, 2, 3]) {
    it(`is read in format ${version}`, async () => {
      const bytes = headerBytes(`${valid}   \n`, version);
      const header = await read(bytes);
      assert.deepEqual(header, { shape: [30, 8], dtype: 'float32', byteOrder: 'little', fortranOrder: false, bytes });
    });
  }

  const forms: [string, number[]][] = [
    ["{'shape': (3,), 'descr': '<f4', 'fortran_order': False}", [3]],
    ['{"descr":"<f4","fortran_order":False,"shape":()}', []],
    ["  {'descr': '<f4' ,\n 'fortran_order' : False , 'shape': ( 2 , 3 , ) , }", [2, 3]],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 4L), }", [3, 4]],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9007199254740991), }", [0, 9007199254740991]],
  ];
  for (const [dict, shape] of forms) {
    it(`is read written as ${JSON.stringify(dict)}`, async () => {
      assert.deepEqual((await read(headerBytes(dict))).shape, shape);
    });
  }

  it('leaves the elements to be read', async () => {
    const reader = new ByteReader(chunked(Buffer.concat([headerBytes(valid), Buffer.from('elements')]), 5));
    await readNpyHeader(reader);
    assert.equal(Buffer.from(await reader.exactly(8, 'the test')).toString(), 'elements');
  });

  const damaged = [
    '', '{}', 'garbage', `${valid}x`, valid.replace('False', 'false'), valid.replace('(30, 8)', '[30, 8]'), valid.replace('(30, 8)', '(30)'),
    valid.replace('(30, 8)', '(-1, 8)'), valid.replace('(30, 8)', '(1.5, 8)'), valid.replace('(30, 8)', '(30,, 8)'), valid.replace('(30, 8)', '(3 0, 8)'),
    valid.replace('(30, 8)', '(9007199254740993, 1)'), valid.replace('(30, 8)', '(4294967296, 4294967296)'), valid.replace('(30, 8)', `(${'1, '.repeat(65)})`),
    valid.replace(', }', ", 'more': 1}"), valid.replace(', }', ", 'shape': (1,)}"), valid.replace("'descr': '<f4', ", ''), valid.replace("'<f4'", 'True'),
    valid.replace("'<f4'", '__import__("os")'), valid.replace('False', "'False'"),
  ];
  it('is refused when it is anything else, without being run', async () => {
    for (const dict of damaged) await refuses(headerBytes(dict), 'corrupt', /npy header/);
  });

  it('is refused for types that are no numbers', async () => {
    await refuses(headerBytes(valid.replace('<f4', '|O')), 'unsupported', /pickled/);
    await refuses(headerBytes(valid.replace("'<f4'", "[('a', '<f4'), ('b', '<i8')]")), 'unsupported', /Structured/);
    await refuses(headerBytes(valid.replace('<f4', '|V2')), 'unsupported', /bfloat16/);
  });

  it('is refused when it is too long, of a later format, or no npy header', async () => {
    await refuses(headerBytes(valid.padEnd(70_000), 2), 'corrupt', /70000 bytes long/);
    await refuses(headerBytes(valid, 4), 'unsupported', /format 4\.0/);
    await refuses(Buffer.from('PK\x03\x04 and more'), 'corrupt', /zip file/);
    for (let length = 0; length < 70; length += 1) await refuses(headerBytes(valid).subarray(0, length), 'corrupt', /ends within the npy header/);
  });

  it('is written byte for byte as numpy writes it', function () {
    if (python === undefined) {
      this.test!.title += ' (skipped: no Python with numpy)';
      return this.skip();
    }
    const shapes = [[], [0], [3], [30, 8], [1_000_000], [2, 1, 3, 1, 2], Array.from({ length: 32 }, () => 1), [123_456, 0, 987_654_321]];
    const types: [string, 'little' | 'big'][] = [['float32', 'little'], ['float64', 'big'], ['bool', 'little'], ['complex128', 'little']];
    const cases = shapes.flatMap((shape) => types.map(([dtype, byteOrder]) => ({ shape, dtype, byteOrder })));
    const expected = numpy(`
import io, json, numpy as np
out = []
for case in json.loads(${JSON.stringify(JSON.stringify(cases))}):
    f = io.BytesIO()
    dtype = np.dtype(case['dtype']).newbyteorder('>' if case['byteOrder'] == 'big' else '<')
    np.lib.format.write_array_header_1_0(f, {'descr': np.lib.format.dtype_to_descr(dtype), 'fortran_order': False, 'shape': tuple(case['shape'])})
    out.append(f.getvalue().hex())
print(json.dumps(out))`, '.') as string[];
    assert.deepEqual(cases.map(({ shape, dtype, byteOrder }) => Buffer.from(npyHeader(shape, dtype, byteOrder)).toString('hex')), expected);
    assert.equal(npyHeader([30, 8], 'float32', 'little').byteLength, 128);
    return undefined;
  });
});
