import { Ajv, type ValidateFunction } from 'ajv';
import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fixturePath } from '../support/fixtures';

/** What VS Code knows beyond JSON schema. */
const editorKeywords = ['defaultSnippets', 'patternErrorMessage'];
const entry = { name: 'o', url: 's3://b/p/', backend: 's3' };

describe('the JSON schema of remotes.json', () => {
  const schema = JSON.parse(readFileSync('media/remotes.schema.json', 'utf8')) as object;
  const ajv = new Ajv({ allErrors: true, strictTypes: false });
  for (const keyword of editorKeywords) ajv.addKeyword(keyword);
  const validate: ValidateFunction = ajv.compile(schema);
  const problems = (value: unknown): string[] => (validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`));

  const files = readdirSync(fixturePath(), { recursive: true, encoding: 'utf8' }).filter((name) => /remotes[^/]*\.json$/.test(name));
  const bad: Readonly<Record<string, RegExp>> = { 'remotes/remotes-array.json': /^ type/, 'remotes/remotes-nested-missing-name.json': /^\/remotes\/o required/ };
  const noJson = ['corrupt/repo-bad-json/.coral/remotes.json', 'remotes/remotes-bad-json.json', 'remotes/remotes-zero-bytes.json'];

  it('there are files of every shape to try it on', () => assert.ok(files.length > 15, files.join()));

  for (const name of files.filter((file) => !noJson.includes(file))) {
    it(`${name in bad ? 'refuses' : 'takes'} ${relative('.', name)}`, () => {
      const found = problems(JSON.parse(readFileSync(join(fixturePath(), name), 'utf8'))).join('; ');
      if (name in bad) assert.match(found, bad[name]!);
      else assert.equal(found, '');
    });
  }

  it('takes a flat remote called "remotes", and other values at the top', () => {
    assert.deepEqual(problems({ remotes: { url: 'file:///x' }, version: 3, list: [] }), []);
  });

  for (const [what, value, found] of [
    ['no url', { o: { backend: 's3' } }, '/o required'],
    ['a url that is no text', { remotes: { o: { ...entry, url: 7 } } }, '/remotes/o/url type'],
    ['a nested remote with a key that the Python tool stops at', { remotes: { o: { ...entry, note: 1 } } }, '/remotes/o additionalProperties'],
    ['a flag that is text', { o: { url: 's3://b', auto_push: 'yes' } }, '/o/auto_push type'],
    ['an endpoint without http', { o: { url: 's3://b', endpoint_url: 'localhost:9000' } }, '/o/endpoint_url pattern'],
    ['an endpoint with a password', { o: { url: 's3://b', endpoint_url: 'http://me:hush@host' } }, '/o/endpoint_url pattern'],
    ['remotes in a list', { remotes: [entry] }, '/remotes type'],
    ['a nested remote that is text', { remotes: { o: 's3://b' } }, '/remotes/o type'],
  ] as const) {
    it(`refuses ${what}`, () => assert.ok(problems(value).includes(found), problems(value).join('; ')));
  }

  it('explains each key of an entry', () => {
    const { definitions } = schema as { definitions: Record<string, { description?: string; properties?: Record<string, { $ref?: string; description?: string }> }> };
    for (const shape of ['nested', 'flat']) {
      for (const [key, property] of Object.entries(definitions[shape]!.properties!)) {
        assert.ok((property.description ?? definitions[property.$ref!.replace('#/definitions/', '')]?.description ?? '').length > 20, key);
      }
    }
  });
});
