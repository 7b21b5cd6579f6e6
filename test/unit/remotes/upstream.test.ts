import { after, before, beforeEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Core from '../../../src/core/api';
import { fileUrl, temporaryFolder } from '../support/fixtures';

declare const CORAL_ASSETS: string;

/**
 * Every case of the Python project's tests/test_remotes.py, under its own name, against the built dist/core.js. Where our API
 * has another form (promises, camelCase, a SyncResult where Python has a dict) the case says the same in ours.
 */
describe('upstream tests/test_remotes.py against dist/core.js', function () {
  // Each store loads its own HDF5, which takes a while on a busy machine.
  this.timeout(30_000);

  let core: typeof Core;
  const open: { close(): Promise<void> }[] = [];
  let folder: string;

  before(async () => {
    core = await import(pathToFileURL(join(CORAL_ASSETS, 'core.js')).href) as typeof Core;
  });
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  after(async () => {
    for (const one of open) await one.close();
  });

  function closedLater<T extends { close(): Promise<void> }>(one: T): T {
    open.push(one);
    return one;
  }

  async function storeWith(path: string, names: readonly string[], side: number): Promise<Core.HDF5Store> {
    const store = closedLater(await core.HDF5Store.open(path, { mode: 'write' }));
    for (const name of names) await store.write(randomWeight(name, side));
    return store;
  }

  function randomWeight(name: string, side: number): Core.Weight {
    const data = Float32Array.from({ length: side * side }, () => Math.random());
    return core.Weight.from({ name, shape: [side, side], dtype: 'float32' }, new Uint8Array(data.buffer));
  }

  async function remoteAt(path: string, name = 'origin'): Promise<Core.Remote> {
    return closedLater(await core.Remote.fromConfig(core.RemoteConfig.fromUrl(name, fileUrl(path))));
  }

  describe('TestRemoteConfig', () => {
    it('test_creation', () => {
      const config = new core.RemoteConfig({ name: 'origin', url: 's3://bucket/prefix', backend: 's3' });
      assert.equal(config.name, 'origin');
      assert.equal(config.url, 's3://bucket/prefix');
      assert.equal(config.backend, 's3');
      assert.equal(config.accessKey, undefined);
      assert.equal(config.autoPush, false);
    });

    it('test_to_dict_excludes_credentials', () => {
      const config = new core.RemoteConfig({ name: 'origin', url: 's3://bucket/prefix', backend: 's3', accessKey: 'secret_key_123', secretKey: 'secret_value_456' });
      const json = config.toJSON();
      assert.ok(!('access_key' in json) && !('secret_key' in json));
      assert.doesNotMatch(JSON.stringify(config), /secret_/);
      assert.equal(json.name, 'origin');
      assert.equal(json.url, 's3://bucket/prefix');
    });

    it('test_from_dict', () => {
      const config = core.RemoteConfig.fromJSON('origin', { name: 'origin', url: 'file:///tmp/backup', backend: 'file', auto_push: true });
      assert.equal(config.name, 'origin');
      assert.equal(config.url, 'file:///tmp/backup');
      assert.equal(config.backend, 'file');
      assert.equal(config.autoPush, true);
    });

    it('test_from_url_s3', () => {
      const config = core.RemoteConfig.fromUrl('origin', 's3://my-bucket/coral/models');
      assert.equal(config.name, 'origin');
      assert.equal(config.url, 's3://my-bucket/coral/models');
      assert.equal(config.backend, 's3');
    });

    it('test_from_url_file', () => {
      const config = core.RemoteConfig.fromUrl('backup', 'file:///home/user/backup');
      assert.equal(config.name, 'backup');
      assert.equal(config.url, 'file:///home/user/backup');
      assert.equal(config.backend, 'file');
    });

    it('test_from_url_minio', () => {
      const config = core.RemoteConfig.fromUrl('minio', 'minio://localhost:9000/bucket/prefix');
      assert.equal(config.name, 'minio');
      assert.equal(config.backend, 's3');
      assert.equal(config.endpointUrl, 'http://localhost:9000');
      assert.ok(config.url.includes('bucket'));
    });

    it('test_from_url_invalid', () => {
      assert.throws(() => core.RemoteConfig.fromUrl('bad', 'http://example.com'), /Unsupported remote URL/);
    });
  });

  describe('TestSyncResult', () => {
    it('test_success_when_no_errors', () => {
      assert.equal(new core.SyncResult({ pushedWeights: 5, pulledWeights: 3 }).success, true);
    });

    it('test_failure_when_errors', () => {
      const errors = [new core.CoralError('network', 'Failed to push weight1')];
      assert.equal(new core.SyncResult({ pushedWeights: 5, errors }).success, false);
    });

    it('test_default_values', () => {
      const result = new core.SyncResult();
      assert.equal(result.pushedWeights, 0);
      assert.equal(result.pulledWeights, 0);
      assert.equal(result.pushedCommits, 0);
      assert.equal(result.pulledCommits, 0);
      assert.equal(result.bytesTransferred, 0);
      assert.deepEqual(result.errors, []);
    });
  });

  describe('TestRemote', () => {
    let local: Core.HDF5Store;
    let remote: Core.Remote;

    beforeEach(async () => {
      local = await storeWith(join(folder, 'local', 'weights.h5'), ['layer0.weight', 'layer1.weight', 'layer2.weight'], 10);
      await mkdir(join(folder, 'remote'));
      remote = await remoteAt(join(folder, 'remote'));
    });

    it('test_from_config_file_backend', () => {
      assert.equal(remote.config.name, 'origin');
      assert.equal(remote.config.backend, 'file');
      assert.ok(remote.store instanceof core.HDF5Store);
    });

    it('test_from_config_invalid_backend', async () => {
      const config = new core.RemoteConfig({ name: 'bad', url: 'foo://bar', backend: 'unsupported' });
      await assert.rejects(core.Remote.fromConfig(config), /Unsupported backend/);
    });

    it('test_push_weights', async () => {
      const result = await remote.push(local);
      assert.equal(result.success, true);
      assert.equal(result.pushedWeights, 3);
      assert.ok(result.bytesTransferred > 0);
      assert.equal((await remote.listRemoteWeights()).length, 3);
    });

    it('test_push_specific_weights', async () => {
      const [first] = await local.list() as [string];
      const result = await remote.push(local, { weightHashes: new Set([first]) });
      assert.equal(result.success, true);
      assert.equal(result.pushedWeights, 1);
    });

    it('test_pull_weights', async () => {
      await remote.push(local);
      const fresh = await storeWith(join(folder, 'new_local', 'weights.h5'), [], 0);
      const result = await remote.pull(fresh);
      assert.equal(result.success, true);
      assert.equal(result.pulledWeights, 3);
      assert.ok(result.bytesTransferred > 0);
      assert.equal((await fresh.list()).length, 3);
    });

    it('test_push_only_missing', async () => {
      assert.equal((await remote.push(local)).pushedWeights, 3);
      assert.equal((await remote.push(local)).pushedWeights, 0);
    });

    it('test_push_force', async () => {
      await remote.push(local);
      assert.equal((await remote.push(local, { force: true })).pushedWeights, 3);
    });

    it('test_get_remote_info', async () => {
      const info = await remote.getRemoteInfo();
      assert.equal(info.name, 'origin');
      assert.equal(info.backend, 'file');
      assert.ok('storageInfo' in info);
    });

    it('test_context_manager', async () => {
      await using used = await core.Remote.fromConfig(remote.config);
      assert.equal(used.config.name, 'origin');
    });
  });

  describe('TestRemoteManager', () => {
    let configPath: string;
    let manager: Core.RemoteManager;

    beforeEach(async () => {
      configPath = join(folder, '.coral', 'remotes.json');
      manager = await core.RemoteManager.open(configPath);
    });

    it('test_add_remote', async () => {
      await manager.add(core.RemoteConfig.fromUrl('origin', 'file:///tmp/backup'));
      assert.ok(manager.list().includes('origin'));
      assert.equal(manager.config('origin')?.url, 'file:///tmp/backup');
      assert.ok(existsSync(configPath));
    });

    it('test_remove_remote', async () => {
      await manager.add(core.RemoteConfig.fromUrl('origin', 'file:///tmp/backup'));
      assert.equal(await manager.remove('origin'), true);
      assert.ok(!manager.list().includes('origin'));
    });

    it('test_remove_nonexistent', async () => {
      assert.equal(await manager.remove('nonexistent'), false);
    });

    it('test_list_remotes', async () => {
      await manager.add(core.RemoteConfig.fromUrl('origin', 'file:///tmp/origin'));
      await manager.add(core.RemoteConfig.fromUrl('backup', 'file:///tmp/backup'));
      assert.deepEqual(manager.list(), ['origin', 'backup']);
    });

    it('test_get_remote', async () => {
      await manager.add(core.RemoteConfig.fromUrl('origin', fileUrl(join(folder, 'remote'))));
      const remote = await manager.get('origin');
      assert.ok(remote !== undefined);
      assert.equal(closedLater(remote).config.name, 'origin');
    });

    it('test_get_nonexistent', async () => {
      assert.equal(await manager.get('nonexistent'), undefined);
    });

    it('test_persistence', async () => {
      await manager.add(core.RemoteConfig.fromUrl('origin', 'file:///tmp/backup'));
      const other = await core.RemoteManager.open(configPath);
      assert.ok(other.list().includes('origin'));
      assert.equal(other.config('origin')?.url, 'file:///tmp/backup');
    });
  });

  describe('TestSyncRepositories', () => {
    let local: Core.HDF5Store;
    let remote: Core.Remote;

    beforeEach(async () => {
      local = await storeWith(join(folder, 'local', 'weights.h5'), ['local_layer0.weight', 'local_layer1.weight'], 5);
      remote = await remoteAt(join(folder, 'remote'));
      for (const name of ['remote_layer0.weight', 'remote_layer1.weight']) await remote.store.write(randomWeight(name, 5));
    });

    it('test_sync_push', async () => {
      const { push, pull } = await core.syncRepositories(local, remote, { direction: 'push' });
      assert.equal(push?.pushedWeights, 2);
      assert.equal(pull, undefined);
    });

    it('test_sync_pull', async () => {
      const { push, pull } = await core.syncRepositories(local, remote, { direction: 'pull' });
      assert.equal(push, undefined);
      assert.equal(pull?.pulledWeights, 2);
    });

    it('test_sync_both', async () => {
      const { push, pull } = await core.syncRepositories(local, remote, { direction: 'both' });
      assert.equal(push?.pushedWeights, 2);
      assert.equal(pull?.pulledWeights, 2);
      assert.equal((await local.list()).length, 4);
      assert.equal((await remote.store.list()).length, 4);
    });

    it('test_sync_force', async () => {
      await core.syncRepositories(local, remote, { direction: 'both' });
      const { push, pull } = await core.syncRepositories(local, remote, { direction: 'both', force: true });
      assert.equal(push?.pushedWeights, 4);
      assert.equal(pull?.pulledWeights, 4);
    });
  });

  describe('TestRemoteRefs', () => {
    let remote: Core.Remote;
    const refsFile = (): string => join(folder, 'remote', 'refs.json');

    beforeEach(async () => {
      await mkdir(join(folder, 'remote'));
      remote = await remoteAt(join(folder, 'remote'));
    });

    it('test_push_refs', async () => {
      const refs = { main: 'abc123def456', 'feature-branch': '789xyz000' };
      await remote.pushRefs(refs);
      assert.deepEqual(remote.refs, refs);
    });

    it('test_fetch_refs_after_push', async () => {
      const refs = { main: 'abc123def456', develop: 'fedcba654321' };
      await remote.pushRefs(refs);
      const other = await remoteAt(join(folder, 'remote'));
      assert.deepEqual(await other.fetchRefs(), refs);
    });

    it('test_fetch_refs_empty', async () => {
      assert.deepEqual(await remote.fetchRefs(), {});
    });

    it('test_push_refs_updates_internal_state', async () => {
      const first = { main: 'commit1' };
      const second = { main: 'commit2', dev: 'commit3' };
      await remote.pushRefs(first);
      assert.deepEqual(remote.refs, first);
      await remote.pushRefs(second);
      assert.deepEqual(remote.refs, second);
    });

    it('test_fetch_refs_updates_internal_state', async () => {
      const refs = { main: 'abc123', feature: 'def456' };
      await remote.pushRefs(refs);
      const fresh = await remoteAt(join(folder, 'remote'));
      assert.deepEqual(fresh.refs, {});
      assert.deepEqual(await fresh.fetchRefs(), refs);
      assert.deepEqual(fresh.refs, refs);
    });

    it('test_refs_file_location', async () => {
      const refs = { main: 'abc123' };
      await remote.pushRefs(refs);
      assert.ok(existsSync(refsFile()));
      assert.deepEqual((JSON.parse(readFileSync(refsFile(), 'utf8')) as { refs: unknown }).refs, refs);
    });

    it('test_push_refs_with_special_characters', async () => {
      const refs = { 'feature/new-feature': 'abc123', 'hotfix/urgent-fix': 'def456', 'release-v1.0.0': '789xyz' };
      await remote.pushRefs(refs);
      assert.deepEqual(await (await remoteAt(join(folder, 'remote'))).fetchRefs(), refs);
    });

    it('test_fetch_refs_with_corrupted_file', async () => {
      writeFileSync(refsFile(), 'not valid json');
      assert.deepEqual(await remote.fetchRefs(), {});
      assert.match(remote.warnings.join(), /refs\.json/);
    });

    it('test_get_file_refs_path', async () => {
      const path = join(folder, 'my_remote');
      const other = await remoteAt(path, 'test');
      assert.ok(!existsSync(path), 'opening a remote makes nothing');
      await other.pushRefs({ main: 'abc123' });
      assert.ok(existsSync(join(path, 'refs.json')));
    });
  });
});
