import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { numberText, shareText } from '../../../src/text/numberText';

describe('numbers on pages', () => {
  const numbers: [number, string][] = [
    [0, '0'], [-0, '0'], [1, '1'], [-128, '-128'], [12345, '12,345'], [0.021341, '0.02134'], [-1.5, '-1.5'], [1.2e-5, '1.2e-5'], [-5.46e-5, '-5.46e-5'], [1e-300, '1e-300'],
    [1234567.8, '1.235e6'], [4e9, '4e9'], [2 ** 62, '4.612e18'], [NaN, 'NaN'], [Infinity, '∞'], [-Infinity, '-∞'],
  ];
  for (const [value, text] of numbers) it(`${value} is "${text}"`, () => assert.equal(numberText(value), text));

  it('shares do not say that all or nothing is meant where it is not', () => {
    assert.deepEqual([[0, 5], [1, 3], [1, 100_000], [99_999, 100_000], [5, 5], [0, 0]].map(([part, whole]) => shareText(part!, whole!)), ['0 %', '33.3 %', '< 0.1 %', '> 99.9 %', '100 %', '0 %']);
  });
});
