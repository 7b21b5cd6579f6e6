import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { type Conflict, CoralError } from '../../../src/core/base/errors';
import { type Agreed, placeOf } from '../../../src/core/remotes/agreed';
import { RemoteConfig } from '../../../src/core/remotes/remoteConfig';
import { parseRemoteUrl } from '../../../src/core/remotes/remoteUrl';
import { checkRemote } from '../../../src/core/repository/integrity/checkRemote';
import { planRemotePrune } from '../../../src/core/repository/integrity/pruneRemote';
import { planRepairOf } from '../../../src/core/repository/integrity/repair';
import { Repository } from '../../../src/core/repository/repository';
import { writeCommit } from '../../samples/commit';
import { withEnvironment } from '../../samples/environment';
import { type RecordingServer, startRecordingServer } from '../../samples/recordingServer';

const keys = { accessKeyId: 'key', secretAccessKey: 'secret' };
const isConflict = (error: unknown): boolean => CoralError.is(error, 'conflict');
const isOf = (conflict: Conflict) => (error: unknown): boolean => CoralError.is(error, 'conflict') && error.conflict === conflict;

describe('what was agreed to', () => {
  let folder: string;
  let mine: RecordingServer;
  let other: RecordingServer;
  let repository: Repository;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coral-agreed-'));
    [mine, other] = [await startRecordingServer(), await startRecordingServer()];
    repository = await Repository.init(join(folder, 'a'));
  });
  afterEach(async () => {
    await Promise.all([mine.close(), other.close()]);
    await rm(folder, { recursive: true });
  });
  const setRemote = async (entry: object, root = repository.root): Promise<void> => (
    writeFile(join(root, '.coral/remotes.json'), JSON.stringify({ remotes: { origin: { backend: 's3', url: 's3://models/x/', ...entry } } })));

  const ways: Readonly<Record<string, (agreed: Agreed) => Promise<unknown>>> = {
    status: (agreed) => repository.getSyncStatus('origin', { credentials: keys, agreed }),
    preview: (agreed) => repository.preview('origin', { credentials: keys, agreed }),
    push: (agreed) => repository.push('origin', { credentials: keys, agreed }),
    pull: (agreed) => repository.pull('origin', { credentials: keys, agreed }),
    sync: (agreed) => repository.sync('origin', { credentials: keys, agreed }),
    fetch: (agreed) => repository.fetch('origin', { credentials: keys, agreed }),
    check: (agreed) => checkRemote(repository, 'origin', { depth: 'shallow', credentials: keys, agreed }),
    prune: (agreed) => planRemotePrune(repository, 'origin', { credentials: keys, agreed }),
    remote: async (agreed) => (await repository.remote('origin', { credentials: keys, agreed })).close(),
  };
  const changes: Readonly<Record<string, () => object>> = {
    'another endpoint': () => ({ endpoint_url: other.endpoint }),
    'another bucket': () => ({ endpoint_url: mine.endpoint, url: 's3://elsewhere/x/' }),
    'another prefix': () => ({ endpoint_url: mine.endpoint, url: 's3://models/y/' }),
    'another region': () => ({ endpoint_url: mine.endpoint, region: 'eu-central-1' }),
    'Amazon itself': () => ({}),
    'a folder': () => ({ backend: 'file', url: `file://${folder}/b` }),
  };
  for (const [way, ask] of Object.entries(ways)) {
    it(`is all that ${way} contacts`, async () => {
      await setRemote({ endpoint_url: mine.endpoint });
      const agreed = { url: 's3://models/x/', endpointUrl: mine.endpoint };
      for (const [what, change] of Object.entries(changes)) {
        await setRemote(change());
        await assert.rejects(ask(agreed), isOf('place'), what);
      }
      assert.deepEqual([...mine.requests, ...other.requests, ...await readdir(folder)], ['a']);
    });
  }

  it('is contacted as before, however it is spelled', async () => {
    const { host } = new URL(mine.endpoint);
    await setRemote({ endpoint_url: mine.endpoint, region: null });
    for (const agreed of [
      { url: 's3://models/x/', endpointUrl: mine.endpoint }, { url: 's3://models/x', endpointUrl: `HTTP://${host}/`, region: null },
      { url: 's3://models/x/', endpointUrl: mine.endpoint, region: undefined, credentialsSource: 'keys saved for this remote' },
    ]) await repository.getSyncStatus('origin', { credentials: keys, agreed });
    assert.ok(mine.requests.length > 0);
    await repository.getSyncStatus('origin', { credentials: keys });
  });

  it('is the endpoint that the environment names, where the entry has none', async () => {
    await setRemote({});
    const agreed = { url: 's3://models/x/', endpointUrl: mine.endpoint };
    await withEnvironment({ AWS_ENDPOINT_URL: mine.endpoint, AWS_ENDPOINT_URL_S3: undefined }, async () => {
      await repository.getSyncStatus('origin', { credentials: keys, agreed });
    });
    assert.ok(mine.requests.length > 0);
    await withEnvironment({ AWS_ENDPOINT_URL: mine.endpoint, AWS_ENDPOINT_URL_S3: other.endpoint }, async () => {
      await assert.rejects(repository.getSyncStatus('origin', { credentials: keys, agreed }), isConflict);
      await assert.rejects(repository.getSyncStatus('origin', { credentials: keys, agreed: { url: agreed.url } }), isConflict);
    });
    assert.deepEqual(other.requests, []);
  });

  it('are the credentials, too, where it says from where', async () => {
    await setRemote({ endpoint_url: mine.endpoint, access_key: 'theirs', secret_key: 'hush' });
    const agreed = { url: 's3://models/x/', endpointUrl: mine.endpoint, credentialsSource: 'profile "dev"' };
    await assert.rejects(repository.push('origin', { agreed }), (error: unknown) => (
      isOf('credentials')(error) && CoralError.is(error) && !error.message.includes('hush') && error.message === 'origin would now use credentials from access_key in '
        + 'remotes.json; you agreed to profile "dev". Nothing was sent. Connect it again in the Remotes view.'));
    assert.deepEqual(mine.requests, []);
  });

  it('is the folder that a link led to', async () => {
    await setRemote({ endpoint_url: mine.endpoint });
    const evil = await Repository.init(join(folder, 'evil'));
    await setRemote({ endpoint_url: mine.endpoint }, evil.root);
    await symlink(join(folder, 'a'), join(folder, 'open'));
    const agreed = { url: 's3://models/x/', endpointUrl: mine.endpoint, realRoot: join(folder, 'a') };
    await (await Repository.open(join(folder, 'open'))).getSyncStatus('origin', { credentials: keys, agreed });
    const asked = mine.requests.length;
    await symlink(join(folder, 'evil'), join(folder, 'next'));
    await rename(join(folder, 'next'), join(folder, 'open'));
    await assert.rejects((await Repository.open(join(folder, 'open'))).push('origin', { credentials: keys, agreed }), isOf('folder'));
    assert.equal(mine.requests.length, asked);
  });

  it('holds for a repair: another place is not asked for good copies', async () => {
    await setRemote({ endpoint_url: other.endpoint });
    const report = { root: repository.root, location: '', depth: 'shallow', startedAt: '', milliseconds: 0, checked: {}, findings: [] } as never;
    const agreed = { url: 's3://models/x/', endpointUrl: mine.endpoint };
    const { hopeless } = await planRepairOf(repository, report, [{ remote: 'origin', options: { credentials: keys, agreed } }]);
    assert.match(hopeless.join(), /origin was not asked: origin now points to/);
    assert.deepEqual([...mine.requests, ...other.requests], []);
  });
});

describe('a folder on another machine', () => {
  const hostOf = (url: string, platform: NodeJS.Platform): string | undefined => {
    const config = new RemoteConfig({ name: 'o', url, backend: 'file' });
    return placeOf(config, undefined, {}, platform).host;
  };

  for (const url of [
    'file:////nas/share', 'file://///nas/share', 'file:///\\nas\\share', 'file://\\\\nas\\share', '\\\\nas\\share', '//nas/share', 'file://\\/nas/share', '/\\nas/share',
  ]) {
    it(`is told from ${url} on Windows`, () => assert.equal(hostOf(url, 'win32'), 'nas'));
  }

  it('is told on other systems too, where such a URL is read at all', () => {
    for (const platform of ['linux', 'darwin'] as const) {
      for (const url of ['file:////nas/share', '//nas/share', 'file://///nas/share']) assert.equal(hostOf(url, platform), 'nas', url);
      for (const url of ['\\\\nas\\share', 'file://\\\\nas\\share']) assert.throws(() => parseRemoteUrl(url, 'file', platform), /full path/);
    }
  });

  it('is not a folder of this one', () => {
    for (const url of ['file:///C:/models', 'file://C:/models', 'file:///models', 'C:\\models']) assert.equal(hostOf(url, 'win32'), undefined, url);
    for (const url of ['file:///mnt/models', '/mnt/models']) assert.equal(hostOf(url, 'linux'), undefined, url);
  });

  it('cannot hide behind the names that Windows has for devices', () => {
    for (const url of ['file:////?/UNC/nas/share', 'file://\\\\?\\UNC\\nas\\share', '\\\\.\\pipe\\x', 'file:////./C:/models', '//?']) {
      assert.throws(() => parseRemoteUrl(url, 'file', 'win32'), (error: unknown) => CoralError.is(error, 'invalid'), url);
    }
  });
});

describe('a repository of which a part is a link', () => {
  let folder: string;
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'coral-linked-')); });
  afterEach(async () => rm(folder, { recursive: true }));

  /** Moves a part of a repository out of it and leaves a link in its place. */
  const linked = async (part: string): Promise<{ root: string; real: string }> => {
    const root = join(folder, 'a');
    await Repository.init(root);
    const real = join(folder, 'outside');
    await rename(join(root, part), real);
    await symlink(real, join(root, part));
    return { root, real };
  };
  const uses: Readonly<Record<string, (repository: Repository, agreed?: { realPaths: string[] }) => Promise<unknown>>> = {
    store: async (repository, agreed) => (await repository.localStore('write', { agreed })).close(),
    status: (repository, agreed) => repository.getSyncStatus('origin', { agreed: agreed && { ...agreed, url: `file://${folder}/remote` } }),
    pull: (repository, agreed) => repository.pull('origin', { agreed: agreed && { ...agreed, url: `file://${folder}/remote` } }),
  };

  for (const part of ['.coral', '.coral/objects', '.coral/objects/weights.h5']) {
    it(`${part} is used where the user agreed to its real path, and named otherwise`, async () => {
      const { root, real } = await linked(part);
      await writeFile(join(root, '.coral/remotes.json'), JSON.stringify({ remotes: { origin: { url: `file://${folder}/remote`, backend: 'file' } } }));
      await mkdir(join(folder, 'remote'));
      const repository = await Repository.open(root);
      const isNamed = (error: unknown): boolean => isOf('link')(error) && CoralError.is(error) && error.message.includes(`${join(root, part)} is a link to ${real}`);
      for (const [name, use] of Object.entries(uses)) {
        await assert.rejects(use(repository), isNamed, name);
        await assert.rejects(use(repository, { realPaths: [join(folder, 'another')] }), isNamed, name);
        await use(repository, { realPaths: [real] });
      }
      await assert.rejects(repository.state(), isNamed);
      await (await Repository.open(root, { agreed: { realPaths: [real] } })).state();
      assert.deepEqual(await repository.linkedParts(), [{ path: join(root, part), realPath: real }]);
    });
  }

  it('gets its commits where the user agreed to the objects folder', async () => {
    const { root: from } = await Repository.init(join(folder, 'from'));
    await writeCommit(from, { message: 'first', time: new Date(), weights: {} });
    const source = await Repository.open(from);
    await source.addRemote('origin', `file://${folder}/remote`);
    assert.deepEqual((await source.push('origin')).errors, []);
    const { root, real } = await linked('.coral/objects');
    const repository = await Repository.open(root, { agreed: { realPaths: [real] } });
    await repository.addRemote('origin', `file://${folder}/remote`);
    const { errors, pulledCommits } = await repository.pull('origin');
    assert.deepEqual([errors, pulledCommits, (await readdir(join(real, 'commits'))).length], [[], 1, 1]);
  });

  it('is no concern where the link stays within it, or lies above it', async () => {
    const { root, real } = await linked('.coral/objects');
    await rename(real, join(root, '.coral/kept'));
    await rm(join(root, '.coral/objects'));
    await symlink('kept', join(root, '.coral/objects'));
    await symlink(folder, `${folder}-above`);
    await (await Repository.open(join(`${folder}-above`, 'a'))).localStore().then((store) => store.close());
    await rm(`${folder}-above`);
  });

  it('makes no file where a link leads to nothing', async () => {
    const { root, real } = await linked('.coral/objects/weights.h5');
    await rm(real);
    const repository = await Repository.open(root);
    await assert.rejects(repository.localStore('write'), isConflict);
    assert.deepEqual(await readdir(folder), ['a']);
  });
});
