import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { chmod, copyFile, lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CoralError } from '../../../src/core/base/errors';
import { RemoteConfig } from '../../../src/core/remotes/remoteConfig';
import { RemoteManager } from '../../../src/core/sync/remoteManager';
import { fixturePath, missingFolder, temporaryFolder } from '../support/fixtures';

/** A copy of a file of fixtures/remotes, called remotes.json. */
async function copyOf(name: string): Promise<string> {
  const path = join(await temporaryFolder(), 'remotes.json');
  await copyFile(fixturePath('remotes', `remotes-${name}.json`), path);
  return path;
}

async function fileWith(content: unknown): Promise<string> {
  const path = join(await temporaryFolder(), 'remotes.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return path;
}

const readJson = async (path: string): Promise<Record<string, unknown>> => JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
const backup = RemoteConfig.fromUrl('new', 'file:///mnt/new');
const messages = (manager: RemoteManager): string[] => manager.problems.map(({ message }) => message.replace(manager.path, 'FILE'));

describe('RemoteManager', () => {
  describe('reads', () => {
    it('a flat file', async () => {
      const manager = await RemoteManager.open(await copyOf('flat'));
      assert.deepEqual(manager.list(), ['origin', 'minio', 'backup']);
      assert.equal(manager.config('minio')?.endpointUrl, 'http://localhost:9000');
      assert.deepEqual(manager.problems, []);
    });

    it('a nested file', async () => {
      const manager = await RemoteManager.open(await copyOf('nested'));
      assert.deepEqual(manager.list(), ['origin', 'minio', 'backup', 'full']);
      const { region, endpointUrl, autoPush, autoPull } = manager.config('full')!;
      assert.deepEqual({ region, endpointUrl, autoPush, autoPull }, { region: 'eu-west-1', endpointUrl: 'https://s3.example.com', autoPush: true, autoPull: true });
    });

    it('a hybrid file', async () => {
      const manager = await RemoteManager.open(await copyOf('hybrid'));
      assert.deepEqual(manager.list(), ['origin', 'minio', 'backup', 'full', 'third']);
      assert.equal(manager.config('third')?.url, 'file:///third');
    });

    it('a flat remote that is called "remotes"', async () => {
      const manager = await RemoteManager.open(await fileWith({ remotes: { url: 'file:///x', backend: 'file', endpoint_url: null }, other: { url: 's3://b' } }));
      assert.deepEqual(manager.list(), ['remotes', 'other']);
      assert.equal(manager.config('remotes')?.url, 'file:///x');
    });

    it('a nested remote that is called "url"', async () => {
      const manager = await RemoteManager.open(await fileWith({ remotes: { url: { name: 'url', url: 's3://b', backend: 's3' } } }));
      assert.deepEqual(manager.list(), ['url']);
    });

    for (const name of ['empty-flat', 'empty-nested']) {
      it(`no remotes from ${name}`, async () => {
        const manager = await RemoteManager.open(await copyOf(name));
        assert.deepEqual([manager.list(), manager.problems], [[], []]);
      });
    }

    it('no remotes where there is no file, and makes none', async () => {
      const folder = await missingFolder();
      assert.deepEqual((await RemoteManager.open(join(folder, '.coral', 'remotes.json'))).list(), []);
      await assert.rejects(stat(folder));
    });

    it('backends to come', async () => {
      const manager = await RemoteManager.open(await copyOf('flat-unsupported-backends'));
      assert.deepEqual(manager.list().map((name) => manager.config(name)?.backend), ['gcs', 'azure']);
    });

    it('a nested remote without its name, with a word about it', async () => {
      const manager = await RemoteManager.open(await copyOf('nested-missing-name'));
      assert.equal(manager.config('o')?.url, 's3://b/p');
      assert.deepEqual(messages(manager), ['FILE, line 1: the remote "o" lacks "name": "o", without which the Python tool cannot read the file.']);
    });

    it('keys in the file, with a word about them that does not show them', async () => {
      const manager = await RemoteManager.open(await copyOf('with-secrets'));
      assert.deepEqual([manager.config('o')?.accessKey, manager.config('o')?.secretKey], ['AKIAEXAMPLE', 'shh']);
      assert.equal(manager.problems.length, 1);
      assert.match(manager.problems[0]!.message, /holds its keys in the file/);
      assert.doesNotMatch(manager.problems[0]!.message, /AKIA|shh/);
    });

    for (const [name, line] of [['array', 1], ['bad-json', 1], ['zero-bytes', 1]] as const) {
      it(`nothing from ${name}, and says where`, async () => {
        const path = await copyOf(name);
        await assert.rejects(RemoteManager.open(path), (error: unknown) => {
          assert.ok(CoralError.is(error, 'invalid'));
          assert.deepEqual([error.path, error.line], [path, line]);
          assert.ok(error.message.startsWith(`${path}, line ${line}: `), error.message);
          return true;
        });
      });
    }

    it('the others when some entries make no sense, and names the lines', async () => {
      const manager = await RemoteManager.open(await fileWith({
        good: { url: 's3://b/p/', backend: 's3' }, '../../evil': { url: 's3://b' }, odd: { url: 'foo://x', backend: 'foo' }, none: {}, key: { url: 's3://me:secret@b' }, version: 2,
      }));
      assert.deepEqual(manager.list(), ['good', '../../evil', 'odd', 'none', 'key']);
      assert.deepEqual(manager.problems.map(({ remote, line, reason }) => [remote, line, reason]), [
        ['../../evil', 6, 'invalid'], ['odd', 9, 'invalid'], ['none', 13, 'invalid'], ['key', 14, 'invalid'],
      ]);
      assert.match(manager.problems[1]!.message, /Unsupported backend "foo"/);
      assert.doesNotMatch(messages(manager).join(), /secret/);
    });

    it('the line of each remote, however the file is laid out and whatever the remotes are called', async () => {
      const file = '\ufeff{\r\n "remotes": {\r\n  "url" : {"name": "url"},\n  "on\\u0065"\n:\n{"name": "one"} },\n "zwei": {"url": ""}, "url"\t: {},\n "two" : {"url": NaN}\n}';
      const manager = await RemoteManager.open(await fileWith(file));
      assert.deepEqual(manager.problems.map(({ remote, line }) => [remote, line]), [['url', 3], ['one', 4], ['zwei', 7], ['url', 7], ['two', 8]]);
    });

    it('the line of each of very many in no time', async () => {
      const entries = Array.from({ length: 20_000 }, (_, index) => `"r${index}" : {}`);
      const started = performance.now();
      const manager = await RemoteManager.open(await fileWith(`{\n${entries.join(',\n')}\n}`));
      assert.equal(manager.problems.at(-1)?.line, 20_001);
      assert.ok(performance.now() - started < 10_000);
    });

    it('what an entry lacks, and says what to write', async () => {
      const manager = await RemoteManager.open(await fileWith('{"a": {}, "b": {"url": 7}, "c": {"url": "s3://b/", "auto_push": "yes"}}'));
      assert.deepEqual(messages(manager), [
        'FILE, line 1: the remote "a" has no "url". Add one, such as "url": "s3://BUCKET/PREFIX/".',
        'FILE, line 1: "url" of the remote "b" must be a string. Write it in double quotes.',
        'FILE, line 1: "auto_push" of the remote "c" must be a boolean. Write true or false, without quotes.',
      ]);
    });

    it('one of two entries of the same name', async () => {
      const manager = await RemoteManager.open(await fileWith({ remotes: { o: { name: 'o', url: 's3://nested' } }, o: { url: 's3://flat' } }));
      assert.equal(manager.config('o')?.url, 's3://nested');
      assert.match(messages(manager)[0]!, /listed twice/);
    });

    it('names such as __proto__ like any other', async () => {
      const manager = await RemoteManager.open(await fileWith('{"__proto__": {"url": "s3://b"}, "constructor": {"url": "s3://c"}}'));
      assert.deepEqual(manager.list(), ['__proto__', 'constructor']);
      await manager.add(backup);
      assert.deepEqual(manager.list(), ['__proto__', 'constructor', 'new']);
    });
  });

  describe('writes', () => {
    it('a new file nested, or flat when asked', async () => {
      const nested = join(await missingFolder(), '.coral', 'remotes.json');
      await (await RemoteManager.open(nested)).add(backup);
      assert.equal(await readFile(nested, 'utf8'), JSON.stringify({ remotes: { new: backup.toJSON() } }, null, 2));
      const flat = join(await missingFolder(), 'remotes.json');
      await (await RemoteManager.open(flat, { shape: 'flat' })).add(backup);
      assert.equal(await readFile(flat, 'utf8'), '{\n  "new": {\n    "url": "file:///mnt/new",\n    "backend": "file",\n    "endpoint_url": null\n  }\n}');
    });

    for (const name of ['flat', 'nested', 'hybrid', 'flat-unsupported-backends', 'with-secrets', 'nested-missing-name', 'empty-flat', 'empty-nested']) {
      it(`the shape it finds, and back again: ${name}`, async () => {
        const path = await copyOf(name);
        const before = await readFile(path, 'utf8');
        const manager = await RemoteManager.open(path);
        await manager.add(backup);
        const after = await readJson(path);
        const nested = 'remotes' in (JSON.parse(before) as object);
        assert.deepEqual(nested ? (after['remotes'] as Record<string, unknown>)['new'] : after['new'],
          nested ? backup.toJSON() : { url: 'file:///mnt/new', backend: 'file', endpoint_url: null });
        assert.equal(await manager.remove('new'), true);
        assert.deepEqual(await readJson(path), JSON.parse(before));
      });
    }

    it('only what it is asked to: unknown keys and other remotes stay', async () => {
      const content = { comment: 'ours', remotes: { a: { name: 'a', url: 's3://b', backend: 's3', note: ['x', 1.5] } }, b: { url: 's3://c', owner: 'me' } };
      const path = await fileWith(content);
      const manager = await RemoteManager.open(path);
      await manager.rename('a', 'c');
      assert.deepEqual(await readJson(path), { ...content, remotes: { c: { ...content.remotes.a, name: 'c' } } });
      await manager.rename('b', 'd');
      await manager.remove('c');
      assert.deepEqual(await readJson(path), { comment: 'ours', remotes: {}, d: content.b });
    });

    it('what is not edited letter by letter, whatever is edited', async () => {
      const known = '"backend": "s3", "big": 12345678901234567890, "huge": 1e400, "one": 1.0, "nan": NaN, "ü": "\\u00fc"';
      const text = `{\n  "version": 1.0,\n  "remotes": {\n    "a": {"name": "a", "url": "s3://b/", ${known}},\n    "b": {"name": "b", "url": "s3://c/"}\n  },\n  "flat": {"url": "s3://x/", ${known}}\n}\n`;
      const path = await fileWith(text);
      const manager = await RemoteManager.open(path);
      assert.deepEqual(manager.list(), ['a', 'b', 'flat']);
      await manager.add(RemoteConfig.fromUrl('new', 's3://n/'));
      await manager.edit('a', { autoPush: true });
      await manager.rename('a', 'c');
      await manager.edit('flat', { url: 's3://y/' });
      await manager.remove('b');
      const entry = JSON.stringify(manager.config('new'), null, 2).replace(/\n/g, '\n    ');
      assert.equal(await readFile(path, 'utf8'),
        `{\n  "version": 1.0,\n  "remotes": {\n    "c": {"name": "c", "url": "s3://b/", ${known}, "auto_push": true},\n    "new": ${entry}\n  },\n  "flat": {"url": "s3://y/", ${known}}\n}\n`);
    });

    it('nothing when an edit changes nothing', async () => {
      const text = '{"remotes": {"a": {"name": "a", "url": "s3://b/", "backend": "s3", "region": "", "endpoint_url": null}}}';
      const path = await fileWith(text);
      await (await RemoteManager.open(path)).edit('a', { url: 's3://b/', autoPush: false });
      assert.equal(await readFile(path, 'utf8'), text);
    });

    it('ASCII only and no newline at the end, as Python does', async () => {
      const path = join(await temporaryFolder(), 'remotes.json');
      await (await RemoteManager.open(path, { shape: 'flat' })).add(RemoteConfig.fromUrl('büro', 's3://b/größe𝄞/'));
      assert.equal(await readFile(path, 'utf8'), '{\n  "b\\u00fcro": {\n    "url": "s3://b/gr\\u00f6\\u00dfe\\ud834\\udd1e/",\n    "backend": "s3",\n    "endpoint_url": null\n  }\n}');
    });

    it('region and automatic pushes of a flat remote as well', async () => {
      const path = join(await temporaryFolder(), 'remotes.json');
      const config = new RemoteConfig({ name: 'o', url: 's3://b', region: 'eu-west-1', autoPush: true, secretKey: 'shh' });
      await (await RemoteManager.open(path, { shape: 'flat' })).add(config);
      assert.deepEqual(await readJson(path), { o: { url: 's3://b', backend: 's3', endpoint_url: null, region: 'eu-west-1', auto_push: true } });
    });

    it('not when a name is taken, unknown or impossible', async () => {
      const path = await copyOf('flat');
      const before = await readFile(path, 'utf8');
      const manager = await RemoteManager.open(path);
      const rejects = (work: Promise<unknown>, reason: 'invalid' | 'missing'): Promise<void> => assert.rejects(work, (error: unknown) => CoralError.is(error, reason));
      await rejects(manager.add(RemoteConfig.fromUrl('origin', 's3://other')), 'invalid');
      await rejects(manager.rename('origin', 'minio'), 'invalid');
      await rejects(manager.rename('nobody', 'x'), 'missing');
      await rejects(manager.rename('origin', '../x'), 'invalid');
      assert.equal(await manager.remove('nobody'), false);
      assert.equal(await readFile(path, 'utf8'), before);
    });

    it('no flat remote over something else in the file', async () => {
      const hybrid = await RemoteManager.open(await copyOf('hybrid'));
      await assert.rejects(hybrid.rename('third', 'remotes'), (error: unknown) => CoralError.is(error, 'invalid'));
      const flat = await RemoteManager.open(await fileWith({ version: 3, a: { url: 's3://b' } }));
      await assert.rejects(flat.add(RemoteConfig.fromUrl('version', 's3://c')), (error: unknown) => CoralError.is(error, 'invalid'));
    });

    it('nothing over a damaged file', async () => {
      const path = await fileWith({ a: { url: 's3://b' } });
      const manager = await RemoteManager.open(path);
      const damaged = '{\n  "a": {},\n  "b": oops\n}\n';
      await writeFile(path, damaged);
      await assert.rejects(manager.add(backup), (error: unknown) => CoralError.is(error, 'invalid') && error.line === 3);
      assert.equal(await readFile(path, 'utf8'), damaged);
    });

    it('on top of what others wrote meanwhile', async () => {
      const path = join(await temporaryFolder(), 'remotes.json');
      const managers = await Promise.all(Array.from({ length: 5 }, () => RemoteManager.open(path)));
      for (const [index, manager] of managers.entries()) await manager.add(RemoteConfig.fromUrl(`r${index}`, 's3://b'));
      assert.deepEqual((await RemoteManager.open(path)).list(), ['r0', 'r1', 'r2', 'r3', 'r4']);
    });

    it('in one step, keeping its mode, and leaves no other file', async function () {
      if (process.platform === 'win32') return this.skip();
      const path = await copyOf('flat');
      await chmod(path, 0o640);
      await (await RemoteManager.open(path)).add(backup);
      assert.equal((await stat(path)).mode & 0o777, 0o640);
      assert.ok('new' in await readJson(path));
      assert.deepEqual(await readdir(dirname(path)), ['remotes.json']);
    });

    it('not through a link, which somebody has put there to keep the file elsewhere', async function () {
      if (process.platform === 'win32') return this.skip();
      const [folder, real] = [await temporaryFolder(), await copyOf('with-secrets')];
      const path = join(folder, 'remotes.json');
      await symlink(real, path);
      const before = await readFile(real, 'utf8');
      const manager = await RemoteManager.open(path);
      const { accessKey, secretKey } = manager.config('o')!;
      for (const edit of [
        () => manager.add(backup), () => manager.remove('o'), () => manager.rename('o', 'p'), () => manager.edit('o', { autoPush: true }), () => manager.forgetKeys('o', { accessKey, secretKey }),
      ]) {
        await assert.rejects(edit(), (error) => CoralError.is(error, 'denied')
          && error.message === `${path} is a link to ${real}, so it was not changed. Edit that file itself, or replace the link with a copy.`);
      }
      assert.equal(await readFile(real, 'utf8'), before);
      assert.ok((await lstat(path)).isSymbolicLink());
    });
  });

  it('gives no remote for a name it does not know, and the reason for one that makes no sense', async () => {
    const manager = await RemoteManager.open(await fileWith({ none: {}, odd: { url: 'foo://x', backend: 'foo' }, '../../evil': { url: 'file:///x' } }));
    await assert.rejects(manager.get('../../evil'), (error: unknown) => CoralError.is(error, 'invalid'));
    assert.equal(await manager.get('nobody'), undefined);
    await assert.rejects(manager.get('none'), (error: unknown) => CoralError.is(error, 'invalid') && error.line === 2);
    await assert.rejects(manager.get('odd'), (error: unknown) => CoralError.is(error, 'unsupported') && error.remote === 'odd');
  });
});
