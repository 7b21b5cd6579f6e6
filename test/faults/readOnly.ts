import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { checkRemote } from '../../src/core/repository/integrity/checkRemote';
import { checkRepository } from '../../src/core/repository/integrity/checkRepository';
import { planLocalPrune } from '../../src/core/repository/integrity/pruneLocal';
import { planRemotePrune } from '../../src/core/repository/integrity/pruneRemote';
import { planRepairOf } from '../../src/core/repository/integrity/repair';
import { writeCommit } from '../samples/commit';
import { startFaultProxy } from '../servers/faultProxy';
import { type Claim, Tally } from './claim';
import { bytesOf } from '../unit/storage/hdf5/stores';
import { Bucket, makeTemplate, World } from './world';

/** Every command that only reads, by name. */
const reads: Readonly<Record<string, (world: World) => Promise<unknown>>> = {
  'status': ({ repository }) => repository.getSyncStatus('origin'),
  'preview': ({ repository }) => repository.preview('origin'),
  'log': ({ repository }) => repository.log(),
  'branches': ({ repository }) => repository.branches(),
  'names': ({ repository }) => repository.names(),
  'problems': ({ repository }) => repository.problems(),
  'remotes': ({ repository }) => repository.listRemotes(),
  'remote info': async ({ repository }) => { await using remote = await repository.remote('origin'); return await remote.getRemoteInfo(); },
  'remote weights': async ({ repository }) => { await using remote = await repository.remote('origin'); return await remote.listRemoteWeights(); },
  'remote refs': async ({ repository }) => { await using remote = await repository.remote('origin'); return await remote.fetchRefs(); },
  'shallow check': ({ repository }) => checkRepository(repository, { depth: 'shallow' }),
  'deep check': ({ repository }) => checkRepository(repository, { depth: 'deep' }),
  'deep check of the remote': ({ repository }) => checkRemote(repository, 'origin', { depth: 'deep' }),
  'repair plan': async ({ repository }) => planRepairOf(repository, await checkRepository(repository, { depth: 'deep' }), [{ remote: 'origin', options: {} }]),
  'list of a local prune': ({ repository }) => planLocalPrune(repository),
  'list of a remote prune': ({ repository }) => planRemotePrune(repository, 'origin'),
  'every weight': async ({ repository }) => {
    await using remote = await repository.remote('origin');
    const local = await repository.localStore();
    for (const store of [local, remote.store]) {
      for (const hash of await store.list()) await bytesOf(await store.read(hash));
    }
    await local.close();
  },
};

export const readOnly: Claim = {
  id: 'R12',
  says: 'commands that read send GET, HEAD and LIST only, and change no byte on disk',
  short: 2 * Object.keys(reads).length,
  full: 2 * Object.keys(reads).length,
  async run(_tries, { sabotage }) {
    const tally = new Tally();
    const bucket = await Bucket.create();
    const template = await makeTemplate([1, 2, 3].map((seed) => ({ seed, bytes: 4000 })), [3, 4].map((seed) => ({ seed, bytes: 4000 })));
    const folderWorld = await World.withFolder(template);
    const at = bucket?.freshPrefix();
    const proxy = at && await startFaultProxy(at.endpoint);
    const bucketWorld = at && await World.withBucket(template, at, proxy?.endpoint);
    for (const world of bucketWorld ? [folderWorld, bucketWorld] : [folderWorld]) {
      await writeCommit(world.root, { message: 'one of them', time: new Date(), weights: { one: template.local[0] ?? '' } });
      assert.deepEqual((await world.repository.push('origin')).errors, []);
    }
    for (const world of [folderWorld, ...bucketWorld ? [bucketWorld] : []]) {
      for (const [name, read] of Object.entries(reads)) {
        await tally.attempt(`${name} (${world.kind})`, async () => {
          if (proxy) proxy.log.length = 0;
          const before = await treeOf(world.root);
          await read(world);
          if (sabotage) await utimes(world.store, new Date(), new Date());
          assert.deepEqual(await treeOf(world.root), before);
          const methods = [...new Set(proxy?.log.map(({ method }) => method) ?? [])].filter((method) => method !== 'GET' && method !== 'HEAD');
          assert.deepEqual(methods, []);
        });
      }
      await world.remove();
    }
    await proxy?.close();
    return tally.outcome(undefined, bucket === undefined ? 'no S3 server' : undefined);
  },
};

/** Path to content, mode and times of all below a folder. */
async function treeOf(root: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const path of ['', ...await readdir(root, { recursive: true })]) {
    const stats = await stat(join(root, path));
    const content = stats.isFile() ? createHash('sha256').update(await readFile(join(root, path))).digest('hex') : 'folder';
    tree[path] = `${content} ${stats.mode} ${stats.mtimeMs} ${stats.ino}`;
  }
  return tree;
}
