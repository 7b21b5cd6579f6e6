import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { matchesGlob } from '../../../src/core/base/matchesGlob';

describe('matchesGlob', () => {
  const cases: [string, string, boolean][] = [
    ['*.bias', 'layers.0.bias', true], ['*.bias', 'layers.0.weight', false], ['layers.?.bias', 'layers.0.bias', true], ['layers.?.bias', 'layers.10.bias', false],
    ['*', '', true], ['', '', true], ['', 'a', false], ['?', '', false], ['a*b*c', 'aXbXbXc', true], ['a*b*c', 'aXcXb', false], ['**', 'anything', true],
    ['a.b', 'axb', false], ['[a]', '[a]', true], ['*a', 'aaab', false], ['w?', 'w\u{1f642}', true], ['w??', 'w\u{1f642}', false], ['*?b', '\u{1f642}b', true],
  ];
  for (const [pattern, text, expected] of cases) it(`"${pattern}" ${expected ? 'matches' : 'does not match'} "${text}"`, () => assert.equal(matchesGlob(pattern, text), expected));

  it('takes no time to speak of for patterns that make regular expressions hang', function () {
    this.timeout(1_000);
    assert.equal(matchesGlob(`${'*a'.repeat(100)}b`, 'a'.repeat(5_000)), false);
  });
});
