import { before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoralError, type Reason } from '../../src/core/base/errors';
import type { Commit } from '../../src/core/history/commit';
import { Remote } from '../../src/core/sync/remote';
import { RemoteConfig } from '../../src/core/remotes/remoteConfig';
import type { RemoteOptions } from '../../src/core/remotes/remoteStore';
import { connect } from '../../src/core/storage/objects/connect';
import { ObjectWeightStore } from '../../src/core/storage/objects/weights/objectWeightStore';
import { Repository } from '../../src/core/repository/repository';
import { startFaultProxy } from '../servers/faultProxy';
import { startS3, type TestS3 } from '../servers/s3';
import { MemoryStore, sampleWeights } from '../unit/support/memoryStore';

const is = (reason: Reason) => (error: unknown): boolean => CoralError.is(error, reason) && error.remote === 'origin';

describe('Remote on an S3 server', function () {
  this.timeout(120_000);
  let server: TestS3;
  let options: RemoteOptions;

  before(async function () {
    const started = await startS3();
    if (started === undefined) return this.skip();
    server = started;
    options = { credentials: server };
  });

  const remoteAt = (path: string, given: RemoteOptions = options): Promise<Remote> =>
    Remote.fromConfig(RemoteConfig.fromUrl('origin', `minio://${new URL(server.endpoint).host}/${path}`), given);

  it('creates no bucket by reading, and by pushing only when it may', async () => {
    await using remote = await remoteAt(`coral-absent-${Date.now()}/models/`);
    const local = new MemoryStore(sampleWeights(3));
    await assert.rejects(remote.listRemoteWeights(), is('missing'));
    await assert.rejects(remote.pull(local), is('missing'));
    await assert.rejects(remote.push(local), is('missing'));
    assert.equal(await remote.exists(), false);
    const result = await remote.push(local, { createBucket: true });
    assert.deepEqual([result.pushedWeights, result.errors, await remote.exists()], [3, [], true]);
  });

  it('pushes and pulls, and sends again only what is forced', async () => {
    await using remote = await remoteAt(`${await server.newBucket()}/models/`);
    const local = new MemoryStore(sampleWeights(100));
    assert.deepEqual((await remote.push(local)).errors, []);
    assert.deepEqual(await remote.listRemoteWeights(), await local.list());
    assert.equal((await remote.push(local)).pushedWeights, 0);
    assert.equal((await remote.push(local, { force: true })).pushedWeights, 100);
    const copy = new MemoryStore();
    const pulled = await remote.pull(copy);
    assert.deepEqual([pulled.pulledWeights, pulled.bytesTransferred, pulled.errors], [100, 6400, []]);
    assert.deepEqual([...copy.weights.values()].map(({ metadata }) => metadata.name).sort(), [...local.weights.values()].map(({ metadata }) => metadata.name).sort());
    const info = await remote.getRemoteInfo();
    assert.deepEqual([info.storageInfo.weights, info.credentialsSource], [100, 'keys saved for this remote']);
  });

  it('previews by reading alone, and changes nothing', async () => {
    const proxy = await startFaultProxy(server.endpoint);
    const bucket = await server.newBucket();
    await using theirs = await remoteAt(`${bucket}/models/`);
    const weights = sampleWeights(5);
    await theirs.push(new MemoryStore(weights.slice(0, 2)));
    const root = await mkdtemp(join(tmpdir(), 'coral-preview-'));
    const repository = await Repository.init(root);
    await repository.addRemote('origin', `minio://${new URL(proxy.endpoint).host}/${bucket}/models/`);
    const store = await repository.localStore('write');
    await Promise.all(weights.slice(1).map((weight) => store.write(weight)));
    await store.close();
    proxy.log.length = 0;
    const { push, pull } = await repository.preview('origin', options);
    assert.deepEqual([push?.weights, push?.bytes, push?.present], [3, 192, 1]);
    assert.deepEqual(pull?.first, [{ hash: weights[0]!.metadata.hash, name: 'layer0.weight', dtype: 'float32', shape: [16], bytes: 64 }]);
    assert.deepEqual([...new Set(proxy.log.map(({ method }) => method))], ['GET']);
    const others = proxy.log.filter(({ path }) => !path.includes('list-type=2') && !path.includes('/refs.json'));
    assert.deepEqual(others.map(({ path }) => /models\/metadata\/\w+/.exec(path)?.[0]), [`models/metadata/${weights[0]!.metadata.hash}`], 'besides lists and refs');
    assert.deepEqual([(await theirs.listRemoteWeights()).length, (await repository.getSyncStatus('origin', options)).needsPull], [2, 1]);
    await proxy.close();
    await rm(root, { recursive: true });
  });

  it('asks for lists and refs alone where there is nothing to do', async () => {
    const proxy = await startFaultProxy(server.endpoint);
    const root = await mkdtemp(join(tmpdir(), 'coral-idle-'));
    const repository = await Repository.init(root);
    await repository.addRemote('origin', `minio://${new URL(proxy.endpoint).host}/${await server.newBucket()}/models/`);
    const store = await repository.localStore('write');
    await Promise.all(sampleWeights(3).map((weight) => store.write(weight)));
    await store.close();
    assert.equal((await repository.push('origin', options)).pushedWeights, 3);
    const steps: [string, () => Promise<unknown>][] = [
      ['status', () => repository.getSyncStatus('origin', options)], ['push', () => repository.push('origin', options)],
      ['preview', () => repository.preview('origin', options)], ['pull', () => repository.pull('origin', options)],
      ['sync', () => repository.sync('origin', options)],
    ];
    for (const [what, step] of steps) {
      proxy.log.length = 0;
      await step();
      // One listing of weights, metadata, deltas, commits, versions, states and checkpoints each; besides, the one object with the refs is read.
      const others = proxy.log.filter(({ path }) => !path.includes('refs.json'));
      assert.deepEqual(others.map(({ method, path }) => [method, path.includes('list-type=2')]), Array.from({ length: 7 }, () => ['GET', true]), what);
      assert.ok(proxy.log.every(({ method }) => method === 'GET') && proxy.log.length - others.length === 1, what);
    }
    await proxy.close();
    await rm(root, { recursive: true });
  });

  it('uses the prefix without a slash where only that is in use', async () => {
    const bucket = await server.newBucket();
    const put = await connect({ backend: 's3', bucket, endpointUrl: server.endpoint }, options);
    await new ObjectWeightStore(put, 'models').write(sampleWeights(1)[0]!);
    await using remote = await remoteAt(`${bucket}/models`);
    assert.equal((await remote.push(new MemoryStore(sampleWeights(2)))).pushedWeights, 1);
    assert.match(remote.warnings.join(), /"modelsweights\/"/);
    const keys: string[] = [];
    for await (const { key } of put.list('')) keys.push(key);
    put.close();
    assert.ok(keys.length === 4 && keys.every((key) => /^models(weights|metadata)\//.test(key)), keys.join());
  });

  it('loses no update when 8 writers push their branches again and again', async () => {
    const rounds = Number(process.env['CORAL_TEST_ROUNDS'] ?? 4);
    const bucket = await server.newBucket();
    const time = (round: number): string => `2024-01-01T00:00:00.${String(round).padStart(6, '0')}`;
    const chain = (writer: number): Commit[] => Array.from({ length: rounds }, (_, round) => ({
      commitHash: hashOf(writer, round), parentHashes: round === 0 ? [] : [hashOf(writer, round - 1)], weightHashes: {}, deltaWeights: {},
      metadata: { author: '', email: '', message: '', timestamp: time(round), tags: [] },
    }));
    const hashOf = (writer: number, round: number): string => `${writer}${String(round).padStart(15, '0')}`;
    await Promise.all(Array.from({ length: 8 }, async (_, writer) => {
      const commits = new Map(chain(writer).map((commit) => [commit.commitHash, commit]));
      await using remote = await remoteAt(`${bucket}/p/`);
      for (let round = 0; round < rounds; round += 1) {
        const tip = hashOf(writer, round);
        const { errors } = await remote.moveBranches({ [`team/w${writer}`]: tip, [`tag/${tip}`]: tip }, commits);
        assert.deepEqual(errors, []);
      }
    }));
    await using remote = await remoteAt(`${bucket}/p/`);
    // The next round would hide it if only a branch's last move were lost; each tag is set once.
    const expected = Array.from({ length: 8 }, (_, writer) => [[`team/w${writer}`, hashOf(writer, rounds - 1)], ...chain(writer).map(({ commitHash }) => [`tag/${commitHash}`, commitHash])]);
    assert.deepEqual(await remote.fetchRefs(), Object.fromEntries(expected.flat()));
  }).timeout(600_000);

  it('keeps refs that others set at the same time', async () => {
    const bucket = await server.newBucket();
    const remotes = await Promise.all(Array.from({ length: 3 }, () => remoteAt(`${bucket}/p/`)));
    await Promise.all(remotes.map((remote, index) => remote.pushRefs({ [`b${index}`]: `c${index}` })));
    assert.deepEqual(await remotes[0]!.fetchRefs(), { b0: 'c0', b1: 'c1', b2: 'c2' });
    await Promise.all(remotes.map((remote) => remote.close()));
  });

  it('says that the credentials are refused, and none is in the message', async function () {
    if (server.gaps.has('auth')) return this.skip();
    const bucket = await server.newBucket();
    await using remote = await remoteAt(`${bucket}/p/`, { ...options, credentials: { accessKeyId: server.accessKeyId, secretAccessKey: 'wrong-secret' } });
    for (const work of [() => remote.listRemoteWeights(), () => remote.push(new MemoryStore(sampleWeights(1)))]) {
      await assert.rejects(work, (error: unknown) => {
        assert.ok(CoralError.is(error, 'auth') || CoralError.is(error, 'denied'), String(error));
        assert.doesNotMatch(JSON.stringify(error), /wrong-secret/);
        return true;
      });
    }
  });
});
