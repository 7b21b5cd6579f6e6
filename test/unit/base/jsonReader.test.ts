import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { JsonProblem, maxDepth, readJson } from '../../../src/core/base/jsonReader';

/** Numbers from a seed, so that what fails can be tried again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

const pieces = ['{', '}', '[', ']', ',', ':', '"', '"a"', '"\\u00e9\\n"', '"__proto__"', '\\', '\\"', '0', '-1', '1.5e-3', '01', '.5', '1.', '-', '+1', 'true', 'null', 'nul', ' ', '\n', '\t', '\u0001', 'ü', '\ud834', '/*x*/', 'x'];

function valueOf(pick: (below: number) => number, depth: number): unknown {
  const leaves = [null, true, false, 0, -0, 1e300, 12345.678, -1e-7, 'x', '', 'ü\u2028"\\\n', '\ud834', '𝄞'];
  const kind = depth === 0 ? 9 : pick(10);
  if (kind < 3) return Array.from({ length: pick(5) }, () => valueOf(pick, depth - 1));
  if (kind < 7) return Object.fromEntries(Array.from({ length: pick(5) }, () => [['a', '__proto__', 'constructor', '1', 'ü', ''][pick(6)]!, valueOf(pick, depth - 1)]));
  return leaves[pick(leaves.length)];
}

describe('readJson', () => {
  it('reads what JSON.parse reads: 2,000 values', () => {
    for (let seed = 1; seed <= 2000; seed += 1) {
      const pick = random(seed);
      const text = JSON.stringify(valueOf(pick, 5), null, [undefined, 2, '\t'][pick(3)]);
      assert.deepStrictEqual(readJson(text), JSON.parse(text), text);
      assert.equal(JSON.stringify(readJson(text)), JSON.stringify(JSON.parse(text)));
    }
  });

  it('refuses what JSON.parse refuses: 50,000 texts that may be none', () => {
    const accepts = (read: () => unknown): boolean => { try { read(); return true; } catch (error) { assert.ok(error instanceof SyntaxError || error instanceof JsonProblem, String(error)); return false; } };
    let good = 0;
    for (let seed = 1; seed <= 50_000; seed += 1) {
      const pick = random(seed);
      const text = Array.from({ length: 1 + pick(7) }, () => pieces[pick(pieces.length)]!).join('');
      const isJson = accepts(() => JSON.parse(text));
      assert.equal(accepts(() => readJson(text)), isJson, JSON.stringify(text));
      good += isJson ? 1 : 0;
    }
    assert.ok(good > 500, `${good} were JSON`);
  });

  it('reads the three numbers that Python writes and JSON lacks, and no other words', () => {
    assert.deepStrictEqual(readJson('{"a": [NaN, Infinity, -Infinity, "NaN"]}'), { a: [NaN, Infinity, -Infinity, 'NaN'] });
    for (const text of ['nan', 'inf', '-NaN', '+Infinity', 'Infinityx', 'NaN1', '- Infinity', '{NaN: 1}', '["a" NaN]']) assert.throws(() => readJson(text), JsonProblem, text);
  });

  it('skips a byte order mark, and only one', () => {
    assert.deepStrictEqual(readJson('\ufeff{"a": 1}'), { a: 1 });
    assert.throws(() => readJson('\ufeff\ufeff{"a": 1}'), JsonProblem);
  });

  it('gives numbers as they are written to whoever wants them so', () => {
    assert.deepStrictEqual(readJson('[12345678901234567890, 1e400, 1.0, NaN]', (text) => text), ['12345678901234567890', '1e400', '1.0', 'NaN']);
  });

  it('says no to what is nested too deep or has too many values, in little memory and time', () => {
    const deepest = `${'['.repeat(maxDepth)}${']'.repeat(maxDepth)}`;
    assert.doesNotThrow(() => readJson(deepest));
    for (const text of [`[${deepest}]`, '['.repeat(50_000_000), '{"a":'.repeat(1_000_000), `[${'[],'.repeat(20_000_000)}[]]`]) {
      const [started, before] = [Date.now(), process.memoryUsage().rss];
      assert.throws(() => readJson(text), (error) => error instanceof JsonProblem && /more than \d+ (deep|values)/.test(error.message));
      assert.ok(Date.now() - started < 15_000, `${Date.now() - started} ms`);
      assert.ok(process.memoryUsage().rss - before < 512 * 2 ** 20, `${process.memoryUsage().rss - before} bytes`);
    }
  });
});
