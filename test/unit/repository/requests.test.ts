import { afterEach, beforeEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { Repository } from '../../../src/core/repository/repository';
import type { RemoteTransferOptions } from '../../../src/core/repository/repositoryOptions';
import { writeCommit, writeTag } from '../../samples/commit';
import { countRequests, oneLook } from '../../samples/countRequests';
import { fakeKeys, type FakeS3, startFakeS3 } from '../../samples/fakeS3';
import { freshFolder } from '../../samples/repositories';
import { sampleWeights } from '../support/memoryStore';

describe('requests to a server', function () {
  this.timeout(60_000);
  let server: FakeS3;
  let repository: Repository;
  const options: RemoteTransferOptions = { credentials: fakeKeys };

  beforeEach(async () => {
    server = await startFakeS3();
    repository = await Repository.init(await freshFolder());
    await repository.addRemote('origin', { url: 's3://bucket/p/', endpointUrl: server.endpoint });
    const weights = sampleWeights(50);
    const store = await repository.localStore('write');
    for (const weight of weights) await store.write(weight);
    await store.close();
    const named = Object.fromEntries(weights.map(({ metadata: { name, hash } }) => [name, hash]));
    const tip = await writeCommit(repository.root, { message: 'all', time: new Date(), weights: named });
    await writeTag(repository.root, 'v1', tip);
  });
  afterEach(() => server.close());

  const count = async (work: () => Promise<{ readonly errors?: readonly unknown[] }>): Promise<Record<string, number>> => {
    server.log.length = 0;
    const { errors = [] } = await work();
    assert.deepEqual(errors, []);
    return countRequests(server.log);
  };
  const push = (): Promise<Record<string, number>> => count(() => repository.push('origin', options));

  it('a push lists each kind once before, and once more what it has sent of it', async () => {
    const counts = await push();
    assert.deepEqual(counts, {
      'LIST weights': 2, 'LIST metadata': 2, 'LIST deltas': 1, 'LIST commits': 2, 'LIST versions': 2,
      'LIST states': 1, 'LIST checkpoints': 1,
      'PUT weights': 50, 'PUT metadata': 50, 'PUT commits': 1, 'PUT versions': 1, 'PUT refs': 1, 'GET refs': 3,
      'PUT other': counts['PUT other'], 'HEAD other': counts['HEAD other'], 'DELETE other': counts['DELETE other'],
    });
  });

  it('with nothing to do, a push, a pull, a sync, a status and a preview are one look', async () => {
    await push();
    for (const work of [
      () => repository.push('origin', options), () => repository.pull('origin', options), () => repository.sync('origin', options),
      () => repository.getSyncStatus('origin', options), () => repository.preview('origin', options),
      () => repository.sync('origin', { ...options, exclude: ['layer1.*'] }), () => repository.push('origin', { ...options, upTo: 'main' }),
    ]) assert.deepEqual(await count(work as () => Promise<object>), oneLook);
  });

  it('a sync that was asked about first is one look for the question, and one to see that nothing has changed', async () => {
    await push();
    let fingerprint = '';
    assert.deepEqual(await count(async () => { ({ fingerprint } = await repository.preview('origin', options)); return {}; }), oneLook);
    assert.deepEqual(await count(() => repository.sync('origin', { ...options, agreedPlan: fingerprint })), oneLook);
  });

  it('reads what only the server holds once, also where its tags are no MD5', async () => {
    server.tags = (bytes) => `tag-${bytes.byteLength}-${bytes[bytes.byteLength >> 1] ?? 0}`;
    await push();
    const other = await Repository.init(await freshFolder());
    await other.addRemote('origin', { url: 's3://bucket/p/', endpointUrl: server.endpoint });
    const first = await count(() => other.getSyncStatus('origin', options) as Promise<object>);
    assert.deepEqual([first['LIST commits'], first['LIST versions']], [1, 1]);
    assert.deepEqual(await count(() => other.getSyncStatus('origin', options) as Promise<object>), oneLook);
    assert.deepEqual(await count(() => repository.sync('origin', options)), oneLook);
  });

  it('a chosen weight is looked for among weights alone', async () => {
    const [{ metadata: { hash } }] = sampleWeights(1) as [ReturnType<typeof sampleWeights>[number]];
    assert.equal((await repository.preview('origin', { ...options, direction: 'push', weightHashes: [hash] })).push?.weights, 1);
    assert.deepEqual(countRequests(server.log), { 'LIST weights': 1 });
  });
});
