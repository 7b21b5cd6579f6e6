import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'mocha';
import { withJsonKey, withJsonValue, withoutJsonKey } from '../../../src/core/base/jsonEdits';
import { JsonProblem } from '../../../src/core/base/jsonReader';

const python = '{\n  "a": 12345678901234567890,\n  "o": {\n    "x": 1e400\n  },\n  "z": NaN\n}';

describe('an edit of a JSON text', () => {
  for (const [what, before, edit, after] of [
    ['adds behind the last one, laid out as that', python, (text) => withJsonValue(text, ['o'], 'ü', { k: [], l: 'm' }),
      '{\n  "a": 12345678901234567890,\n  "o": {\n    "x": 1e400,\n    "\\u00fc": {\n      "k": [],\n      "l": "m"\n    }\n  },\n  "z": NaN\n}'],
    ['adds at the top', python, (text) => withJsonValue(text, [], 'b', null), python.replace('NaN\n', 'NaN,\n  "b": null\n')],
    ['changes in its place', python, (text) => withJsonValue(text, ['o'], 'x', { y: 1 }), python.replace('1e400', '{\n      "y": 1\n    }')],
    ['renames', python, (text) => withJsonKey(text, [], 'o', 'p'), python.replace('"o"', '"p"')],
    ['takes out the first', python, (text) => withoutJsonKey(text, [], 'a'), '{\n  "o": {\n    "x": 1e400\n  },\n  "z": NaN\n}'],
    ['takes out one in the middle', python, (text) => withoutJsonKey(text, [], 'o'), '{\n  "a": 12345678901234567890,\n  "z": NaN\n}'],
    ['takes out the last', python, (text) => withoutJsonKey(text, [], 'z'), '{\n  "a": 12345678901234567890,\n  "o": {\n    "x": 1e400\n  }\n}'],
    ['takes out the only one, as Python writes what is empty', python, (text) => withoutJsonKey(text, ['o'], 'x'), python.replace('{\n    "x": 1e400\n  }', '{}')],
    ['changes nothing where there is nothing to take out', python, (text) => withoutJsonKey(text, [], 'nobody'), python],
    ['fills what is empty as Python has it', '{\n  "o": {}\n}', (text) => withJsonValue(text, ['o'], 'a', 1), '{\n  "o": {\n    "a": 1\n  }\n}'],
    ['fills an empty file', '{}', (text) => withJsonValue(text, [], 'a', {}), '{\n  "a": {}\n}'],
    ['keeps one line on one line', '{"o": {"a": 1}, "e": {}}', (text) => withJsonValue(withJsonValue(text, ['o'], 'b', { c: 2 }), ['e'], 'f', 1), '{"o": {"a": 1, "b": {"c": 2}}, "e": {"f": 1}}'],
    ['keeps tabs, line ends of Windows, a byte order mark and what follows the end', '\ufeff{\r\n\t"o": {\r\n\t\t"a": 1\r\n\t}\r\n}\r\n',
      (text) => withJsonValue(text, ['o'], 'b', { c: 1 }), '\ufeff{\r\n\t"o": {\r\n\t\t"a": 1,\r\n\t\t"b": {\r\n\t\t\t"c": 1\r\n\t\t}\r\n\t}\r\n}\r\n'],
    ['means the last of two, which counts', '{"a": 1, "a": 2}', (text) => withJsonValue(text, [], 'a', 3), '{"a": 1, "a": 3}'],
    ['takes out both of two', '{"a": 1, "b": 0, "a": 2}', (text) => withoutJsonKey(text, [], 'a'), '{"b": 0}'],
    ['renames both of two', '{"a": 1, "b": 0, "a": 2}', (text) => withJsonKey(text, [], 'a', 'longer'), '{"longer": 1, "b": 0, "longer": 2}'],
    ['knows names such as __proto__', '{"__proto__": {"a": 1}}', (text) => withJsonValue(text, ['__proto__'], 'constructor', 2), '{"__proto__": {"a": 1, "constructor": 2}}'],
  ] as readonly (readonly [string, string, (text: string) => string, string])[]) {
    it(what, () => assert.equal(edit(before), after));
  }

  it('of what is no JSON, or is nested too deep, is refused', () => {
    for (const text of ['{"a": }', `{"a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`]) assert.throws(() => withJsonValue(text, [], 'b', 1), JsonProblem);
  });

  it('can be read by Python, which finds the same numbers', function () {
    const text = withJsonValue(withJsonKey(python, [], 'o', 'größe'), ['größe'], 'new', { list: [1, 2], text: '𝄞' });
    try {
      execFileSync('python3', ['--version']);
    } catch {
      return this.skip();
    }
    const said = execFileSync('python3', ['-c', 'import json, sys; print(json.dumps(json.load(sys.stdin)))'], { input: text, encoding: 'utf8' });
    assert.equal(said, '{"a": 12345678901234567890, "gr\\u00f6\\u00dfe": {"x": Infinity, "new": {"list": [1, 2], "text": "\\ud834\\udd1e"}}, "z": NaN}\n');
  });
});
