import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CoralError } from '../../../src/core/base/errors';
import { byteLengthOf, dtypeOf, isDType, itemSize, parseDescr, toDescr } from '../../../src/core/weights/dtype';

const unsupported = (pattern: RegExp) => (error: unknown): boolean => CoralError.is(error, 'unsupported') && pattern.test(error.message);

describe('dtype', () => {
  const descrs = [
    ['<f2', 'float16', 2], ['<f4', 'float32', 4], ['<f8', 'float64', 8], ['<f16', 'float128', 16], ['|b1', 'bool', 1],
    ['|i1', 'int8', 1], ['<i2', 'int16', 2], ['<i4', 'int32', 4], ['<i8', 'int64', 8],
    ['|u1', 'uint8', 1], ['<u2', 'uint16', 2], ['<u4', 'uint32', 4], ['<u8', 'uint64', 8], ['<c8', 'complex64', 8], ['<c16', 'complex128', 16],
  ] as const;

  for (const [descr, dtype, size] of descrs) {
    it(`reads and writes ${descr} as ${dtype}`, () => {
      assert.deepEqual(parseDescr(descr), { dtype, byteOrder: 'little' });
      assert.equal(toDescr(dtype, 'little'), descr);
      assert.equal(itemSize(dtype), size);
      if (descr.startsWith('|')) return;
      const big = descr.replace('<', '>');
      assert.deepEqual(parseDescr(big), { dtype, byteOrder: 'big' });
      assert.equal(toDescr(dtype, 'big'), big);
    });
  }

  it('takes text without an order as little-endian, and one-byte types as having none', () => {
    assert.deepEqual(parseDescr('f4'), { dtype: 'float32', byteOrder: 'little' });
    assert.deepEqual(parseDescr('=i8'), { dtype: 'int64', byteOrder: 'little' });
    assert.deepEqual(parseDescr('>i1'), { dtype: 'int8', byteOrder: 'little' });
    assert.equal(toDescr('uint8', 'big'), '|u1');
  });

  it('turns each half of a complex number round', () => {
    assert.equal(dtypeOf('complex64').unit, 4);
    assert.equal(dtypeOf('complex128').unit, 8);
    assert.equal(dtypeOf('bfloat16').unit, 2);
  });

  it('refuses what is no numeric type, with the reason', () => {
    assert.throws(() => parseDescr('|O'), unsupported(/pickled Python objects/));
    assert.throws(() => parseDescr('|V2'), unsupported(/bfloat16/));
    for (const descr of ['<U5', '|S3', '<M8[ns]', '<f3', '', '<<f4', 'float32']) assert.throws(() => parseDescr(descr), unsupported(/not supported/), descr);
    for (const name of ['Float32', 'f4', 'object', '__proto__', 'toString', '']) {
      assert.equal(isDType(name), false);
      assert.throws(() => itemSize(name), unsupported(/not supported/), name);
    }
    assert.throws(() => toDescr('bfloat16', 'little'), unsupported(/npz/));
  });

  it('measures tensors', () => {
    assert.equal(byteLengthOf([], 'float64'), 8);
    assert.equal(byteLengthOf([3, 0], 'float64'), 0);
    assert.equal(byteLengthOf([3, 5], 'bfloat16'), 30);
  });
});
