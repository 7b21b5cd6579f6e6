import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoralError } from '../../../src/core/base/errors';
import { type RemotesFinding, inspectRemotes } from '../../../src/core/remotes/remotesFindings';
import { RemoteManager } from '../../../src/core/sync/remoteManager';
import { fixturePath, temporaryFolder } from '../support/fixtures';

const inspect = (content: unknown): RemotesFinding[] => inspectRemotes(typeof content === 'string' ? content : JSON.stringify(content, null, 2));
const told = (content: unknown): string[] => inspect(content).map(({ code, severity, remote }) => [code, severity, remote].filter(Boolean).join(' '));
const nested = (name: string, entry: object): object => ({ remotes: { [name]: { name, ...entry } } });

/** The text with the only fix of the only finding in it. */
function fixed(text: string): string {
  const [found, ...others] = inspectRemotes(text);
  assert.deepEqual([others.length, found?.fixes.length], [0, 1]);
  const edits = [...found!.fixes[0]!.edits].sort((one, other) => other.offset - one.offset);
  return edits.reduce((all, { offset, length, text: added }) => all.slice(0, offset) + added + all.slice(offset + length), text);
}

describe('inspectRemotes', () => {
  for (const [name, expected] of [
    ['empty-flat', []], ['empty-nested', []], ['flat', ['slash information origin', 'slash information minio']],
    ['nested', ['origin', 'minio', 'full'].map((remote) => `slash information ${remote}`)],
    ['hybrid', ['origin', 'minio', 'full'].map((remote) => `slash information ${remote}`)],
    ['flat-unsupported-backends', ['slash information g', 'slash information a']], ['nested-missing-name', ['slash information o']],
    ['with-secrets', ['slash information o', 'secret warning o', 'secret warning o']],
    ['array', ['syntax error']], ['bad-json', ['syntax error']], ['zero-bytes', ['syntax error']],
  ] as const) {
    it(`reads ${name}`, async () => {
      assert.deepEqual(told(await readFile(fixturePath('remotes', `remotes-${name}.json`), 'utf8')), expected);
    });
  }

  it('marks where the text is broken, and no more', () => {
    const at = (text: string): unknown => inspect(text).map(({ message, offset }) => [message, offset]);
    assert.deepEqual(at('{"a": {"url": "s3://b" "backend": "s3"}}'), [['A comma is expected here.', 23]]);
    assert.deepEqual(at('{"a": }'), [['A value is expected here.', 6]]);
    assert.deepEqual(at('{\n  // mine\n}'), [['Comments are not allowed here: the Python tool could not read the file.', 4]]);
    assert.deepEqual(at('{"a": {"url": "s3://b/p'), [['A closing quote is missing.', 14]]);
  });

  it('adds the slash, inside the quotes and nowhere else', () => {
    assert.equal(fixed('{"a":{ "url":"s3://b/p/q" , "backend":"s3"} }'), '{"a":{ "url":"s3://b/p/q/" , "backend":"s3"} }');
    for (const url of ['s3://b', 's3://b/', 's3://b/p/', 'file:///x']) assert.deepEqual(told({ a: { url } }), []);
  });

  it('knows the backends, and which one a url is of', () => {
    assert.deepEqual(told({ a: { url: 's3://b/', backend: 'S3' } }), ['backend error a']);
    assert.equal(fixed('{"a": {"url": "file:///x", "backend": "folder"}}'), '{"a": {"url": "file:///x", "backend": "file"}}');
    assert.equal(fixed('{"a": {"url": "s3://b/", "backend": "file"}}'), '{"a": {"url": "s3://b/", "backend": "s3"}}');
    assert.deepEqual(inspect({ a: { url: 'ftp://x', backend: 'ftp' } })[0]!.fixes.map(({ title }) => title),
      ['s3', 'file', 'gcs', 'azure'].map((backend) => `Change it to "${backend}"`));
  });

  it('writes minio:// as what Coral stores for it', () => {
    const url = '"url": "minio://h:9000/b/p"';
    assert.equal(fixed(`{"a": {${url}, "backend": "s3"}}`), '{"a": {"url": "s3://b/p/", "endpoint_url": "http://h:9000", "backend": "s3"}}');
    for (const [before, after] of [[`"endpoint_url": null, ${url}`, '"endpoint_url": "http://h:9000", "url": "s3://b/p/"'], [`${url}, "endpoint_url": "https://x"`, '"url": "s3://b/p/", "endpoint_url": "https://x"']]) {
      assert.equal(fixed(`{"a": {${before}}}`), `{"a": {${after}}}`);
    }
    for (const wrong of ['minio://h:9000', 'minio://', 'minio://key:hush@h/b']) assert.deepEqual(inspect({ a: { url: wrong } })[0]!.fixes, [], wrong);
  });

  it('says what is wrong with a url or an endpoint, and shows no password', () => {
    for (const entry of [{ url: 'minio://h:9000/b' }, { url: 's3://' }, { url: 'file://x' }, { url: 's3://key:hush@b/' }, { url: 's3://b/', endpoint_url: 'localhost:9000' }]) {
      const found = inspect(nested('a', entry));
      assert.deepEqual(found.map(({ code, severity }) => [code, severity]), [['url', 'error']], JSON.stringify(entry));
      assert.doesNotMatch(found[0]!.message, /hush/);
    }
  });

  it('points at keys without showing them', () => {
    const text = JSON.stringify(nested('a', { url: 's3://b/', access_key: 'AKIA', secret_key: 'hush' }));
    const found = inspectRemotes(text);
    assert.deepEqual(found.map(({ offset, length }) => text.slice(offset, offset + length)), ['"access_key":"AKIA"', '"secret_key":"hush"']);
    assert.doesNotMatch(JSON.stringify(found), /AKIA|hush/);
    assert.deepEqual(told(nested('a', { url: 's3://b/', access_key: null, secret_key: '' })), []);
  });

  it('says which names cannot be used, are wrong or are there twice', () => {
    const entry = { url: 's3://b/' };
    assert.deepEqual(told({ '../x': entry, con: entry }), ['name error ../x', 'name error con']);
    assert.equal(fixed('{"remotes": {"a": {"name": "b", "url": "s3://b/"}}}'), '{"remotes": {"a": {"name": "a", "url": "s3://b/"}}}');
    assert.deepEqual(told({ remotes: { a: { ...entry, name: 'a' } }, a: entry }), ['duplicate warning']);
    assert.deepEqual(told('{"a": {"url": "s3://b/"}, "a": {"url": "s3://c/"}}'), ['repeated warning']);
  });

  it('takes a flat remote that is called "remotes" for one, and other values at the top for none', () => {
    assert.deepEqual(told({ remotes: { url: 's3://b/p' }, version: 3, list: ['x'], text: 'y' }), ['slash information remotes']);
  });
});

describe('RemoteManager', () => {
  const fileWith = async (text: string): Promise<string> => {
    const path = join(await temporaryFolder(), 'remotes.json');
    await writeFile(path, text);
    return path;
  };

  it('takes keys out of the file, and leaves every other byte', async () => {
    for (const [before, after] of [
      ['{ "remotes" : {"o":{"name":"o",\t"access_key":"A", "url":"s3://b/p","secret_key":"S"}},"x":[1, 2 ]}\n', '{ "remotes" : {"o":{"name":"o", "url":"s3://b/p"}},"x":[1, 2 ]}\n'],
      ['{"o": {\r\n  "url": "s3://b/",\r\n  "access_key": "A",\r\n  "secret_key": "S"\r\n}}', '{"o": {\r\n  "url": "s3://b/"\r\n}}'],
    ] as const) {
      const path = await fileWith(before);
      const manager = await RemoteManager.open(path);
      await assert.rejects(manager.forgetKeys('o', { accessKey: 'A', secretKey: 'other' }), (error: unknown) => CoralError.is(error, 'conflict'));
      assert.equal(await readFile(path, 'utf8'), before);
      await manager.forgetKeys('o', { accessKey: 'A', secretKey: 'S' });
      assert.equal(await readFile(path, 'utf8'), after);
      assert.equal(manager.config('o')?.secretKey, undefined);
    }
  });

  it('edits an entry in its place and shape, and keeps what it does not know', async () => {
    const entry = { name: 'o', url: 's3://b/p', backend: 's3', note: ['x', 1.5] };
    const path = await fileWith(JSON.stringify({ remotes: { o: entry }, other: 1 }));
    const manager = await RemoteManager.open(path);
    const read = async (): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
    await manager.edit('o', { region: 'eu-west-1' });
    assert.deepEqual(await read(), { remotes: { o: { ...entry, region: 'eu-west-1' } }, other: 1 });
    await manager.edit('o', { url: 'minio://h:9000/c/q', region: null, autoPush: true });
    assert.deepEqual(await read(), { remotes: { o: { ...entry, url: 's3://c/q/', region: null, endpoint_url: 'http://h:9000', auto_push: true } }, other: 1 });
    await manager.edit('o', { url: 'file:///x', endpointUrl: null });
    assert.deepEqual(await read(), { remotes: { o: { ...entry, url: 'file:///x', backend: 'file', region: null, endpoint_url: null, auto_push: true } }, other: 1 });
    await assert.rejects(manager.edit('o', { url: 'ftp://x' }), (error: unknown) => CoralError.is(error, 'invalid'));
    await assert.rejects(manager.edit('nobody', {}), (error: unknown) => CoralError.is(error, 'missing'));
  });

  it('points no entry that holds keys to another server or bucket', async () => {
    const before = JSON.stringify({ o: { url: 's3://b/p/', backend: 's3', access_key: 'A', secret_key: 'S' } });
    const path = await fileWith(before);
    const manager = await RemoteManager.open(path);
    for (const changes of [{ url: 's3://c/p/' }, { endpointUrl: 'http://h:1' }]) {
      await assert.rejects(manager.edit('o', changes), (error: unknown) => CoralError.is(error, 'conflict') && !/"A"|"S"/.test(error.message));
    }
    assert.equal(await readFile(path, 'utf8'), before);
    await manager.edit('o', { url: 's3://b/q/' });
    assert.equal(manager.config('o')?.secretKey, 'S');
  });
});
