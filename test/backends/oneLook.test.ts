import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import { Repository } from '../../src/core/repository/repository';
import type { RemoteTransferOptions } from '../../src/core/repository/repositoryOptions';
import { writeCommit, writeTag } from '../samples/commit';
import { countRequests, countsText, oneLook } from '../samples/countRequests';
import { freshFolder } from '../samples/repositories';
import { type FaultProxy, type LoggedRequest, startFaultProxy } from '../servers/faultProxy';
import { startS3, type TestS3 } from '../servers/s3';
import { sampleWeights } from '../unit/support/memoryStore';

const count = 50;

describe('a repository of 50 weights and an S3 server', function () {
  this.timeout(120_000);
  let server: TestS3;
  let proxy: FaultProxy;
  let repository: Repository;
  let options: RemoteTransferOptions;

  before(async function () {
    const started = await startS3();
    if (!started) {
      console.log('    skipped: no S3 server (MinIO, Ceph or s3rver)');
      this.skip();
    }
    server = started;
  });
  beforeEach(async () => {
    proxy = await startFaultProxy(server.endpoint);
    const { accessKeyId, secretAccessKey } = server;
    options = { credentials: { accessKeyId, secretAccessKey } };
    repository = await Repository.init(await freshFolder());
    await repository.addRemote('origin', { url: `s3://${await server.newBucket()}/p/`, endpointUrl: proxy.endpoint });
    const weights = sampleWeights(count);
    const store = await repository.localStore('write');
    for (const weight of weights) await store.write(weight);
    await store.close();
    const named = Object.fromEntries(weights.map(({ metadata: { name, hash } }) => [name, hash]));
    await writeTag(repository.root, 'v1', await writeCommit(repository.root, { message: 'all', time: new Date(), weights: named }));
  });
  afterEach(() => proxy.close());

  type Work = () => Promise<{ readonly errors?: readonly unknown[] }>;
  const countedIn = async (what: string, work: Work): Promise<Record<string, number>> => {
    proxy.log.length = 0;
    const { errors = [] } = await work();
    assert.deepEqual(errors, []);
    const counts = countRequests(proxy.log.map(asObjectRequest));
    console.log(`      ${what}: ${proxy.log.length} requests: ${countsText(counts)}`);
    return counts;
  };

  it('lists each kind once before a push and once after it, once with nothing to do, twice where a sync is asked about', async () => {
    const pushed = await countedIn('push of all', () => repository.push('origin', options));
    const lists = ['weights', 'metadata', 'commits', 'versions', 'deltas'].map((kind) => pushed[`LIST ${kind}`]);
    assert.deepEqual(lists, [2, 2, 2, 2, 1]);
    assert.deepEqual([pushed['PUT weights'], pushed['PUT metadata']], [count, count]);
    assert.deepEqual([pushed['GET weights'], pushed['GET commits']], [undefined, undefined]);
    assert.deepEqual(await countedIn('sync, nothing to do', () => repository.sync('origin', options)), oneLook);
    assert.deepEqual(await countedIn('status', () => repository.getSyncStatus('origin', options) as Promise<object>), oneLook);
    const asked = await countedIn('question and sync', async () => {
      const { fingerprint } = await repository.preview('origin', options);
      return repository.sync('origin', { ...options, agreedPlan: fingerprint });
    });
    assert.deepEqual(asked, Object.fromEntries(Object.entries(oneLook).map(([what, times]) => [what, 2 * times])));
  });

  /** From the twentieth weight on, nothing is answered until `back`. */
  const goAway = (): { readonly refused: () => number; readonly back: () => void } => {
    let [puts, refused, isBack] = [0, 0, false];
    proxy.fault = (request) => {
      const { kind, key } = asObjectRequest(request);
      if (kind === 'PUT' && key.startsWith('p/weights/')) puts += 1;
      if (puts < 20 || isBack) return undefined;
      refused += 1;
      return { kind: 'reset' };
    };
    return { refused: () => refused, back: () => { isBack = true; } };
  };

  it('that is gone in the middle of a push is asked no more than it is for one request, and one error says so', async () => {
    const { refused, back } = goAway();
    const concurrency = 4;
    const started = performance.now();
    const result = await repository.push('origin', { ...options, concurrency });
    assert.deepEqual(result.errors.map(({ reason, isOutage }) => [reason, isOutage]), [['network', true]]);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`      gone: ended after ${seconds} s; ${refused()} requests refused, at most ${concurrency} of them under way by then`);
    assert.ok(refused() <= concurrency + 8, `${refused()} requests`);
    back();
    const { synced, ahead } = await repository.getSyncStatus('origin', options);
    assert.ok(result.pushedWeights > 0 && result.pushedWeights < count);
    assert.deepEqual([synced.length, ahead.length], [result.pushedWeights, count - result.pushedWeights]);
    assert.deepEqual((await repository.push('origin', options)).errors, []);
    assert.equal((await repository.getSyncStatus('origin', options)).isSynced, true);
  });

  it('that is back within 5 s is gone on with', async () => {
    const { refused, back } = goAway();
    setTimeout(back, 4_900);
    const { pushedWeights, pushedCommits, pushedVersions, pushedBranches, errors } = await repository.push('origin', options);
    assert.deepEqual([pushedWeights, pushedCommits, pushedVersions, pushedBranches, errors], [count, 1, 1, 1, []]);
    assert.ok(refused() > 0);
  });
});

function asObjectRequest(
  { method, path }: LoggedRequest,
): { readonly kind: string; readonly key: string; readonly query: URLSearchParams } {
  const { pathname, searchParams: query } = new URL(path, 'http://server');
  const key = pathname.split('/').slice(2).map(decodeURIComponent).join('/');
  return { kind: method === 'GET' && key === '' ? 'LIST' : method, key, query };
}
