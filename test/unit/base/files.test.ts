import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoralError } from '../../../src/core/base/errors';
import { editFile, readTextFile } from '../../../src/core/base/files';
import { parseJsonObject, pythonJson } from '../../../src/core/base/json';
import { temporaryFolder } from '../support/fixtures';

describe('JSON files', () => {
  for (const [text, line] of [
    ['', 1], ['\n\n', 1], ['oops', 1], ['[]', 1], ['"x"', 1], ['null', 1], ['{', 1], ['{\n  "a": 1,\n', 3], ['{\n  "a": 1\n  "b": 2\n}', 3], ['{\n  "a": oops,\n  "b": 2\n}', 2],
    ['{\n  "a": {},\n\n  "secret": shh\n}\n', 4], ['{\n  "a": "x\n"\n}', 2], ['{\n  "a": tru\n}', 2], ['{\n "a": 1\n}\n}', 4], ['{\n  "a": "cut', 2], ['{\r\n  "a": 1,\r\n  ]\r\n', 3],
  ] as const) {
    it(`says that line ${line} of ${JSON.stringify(text)} is wrong`, () => {
      assert.throws(() => parseJsonObject(text, 'f.json', 'invalid'), (error: unknown) => {
        assert.ok(CoralError.is(error, 'invalid'));
        if (text.trim() !== '') assert.equal(error.line, line);
        assert.equal(error.path, 'f.json');
        assert.doesNotMatch(JSON.stringify(error), /shh/);
        return true;
      });
    });
  }

  it('are written as Python writes them', () => {
    assert.equal(pythonJson({ ü: ['𝄞', '\u007f', '\n"\\'], a: {}, b: [] }), '{\n  "\\u00fc": [\n    "\\ud834\\udd1e",\n    "\\u007f",\n    "\\n\\"\\\\"\n  ],\n  "a": {},\n  "b": []\n}');
  });

  for (const [what, bytes, line] of [
    ['Latin-1', Buffer.from('{\n  "caf\xe9": 1, "a": 1\n}', 'latin1'), 2],
    ['UTF-8 that ends within a character', Buffer.from('{"a": 1}\n\xef', 'latin1'), 2],
    ['UTF-16 with half a character', Buffer.concat([Buffer.from('\ufeff{"a": 1}\n', 'utf16le'), Buffer.of(0x0a)]), 2],
  ] as const) {
    it(`in ${what} are not edited, and stay as they are`, async () => {
      const path = join(await temporaryFolder(), 'f');
      await writeFile(path, bytes);
      await assert.rejects(editFile(path, (text) => `${text?.replace('"a": 1', '"a": 2')}`, { maxBytes: 1000 }), (error) => {
        assert.ok(CoralError.is(error, 'invalid'));
        assert.deepEqual([error.path, error.line], [path, line]);
        return /is not UTF-8 text/.test(error.message);
      });
      assert.deepEqual(await readFile(path), bytes);
      assert.equal((await readTextFile(path, 1000))?.includes('"a": 1'), true);
    });
  }

  it('are edited upon what others wrote meanwhile', async () => {
    const path = join(await temporaryFolder(), 'f');
    await writeFile(path, '0');
    let meanwhile = 3;
    await editFile(path, (text) => {
      if (meanwhile > 0) writeFileSync(path, String(10 * meanwhile--));
      return `${text}+`;
    }, { maxBytes: 100 });
    assert.equal(await readFile(path, 'utf8'), '10+');
  });
});
