import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { startFaultProxy } from '../servers/faultProxy';
import { aSecond, type Claim, Tally } from './claim';
import { checkHolds } from './kills';
import { Bucket, makeTemplate, type Template, union, World } from './world';

const mebibyte = 1024 * 1024;

export const endsWhenCancelled: Claim = {
  id: 'R8',
  says: 'a cancelled push, pull or sync ends within a second, and running it again completes it',
  short: 4,
  full: 100,
  async run(tries, { sabotage }) {
    const tally = new Tally();
    const bucket = await Bucket.create();
    const local = [{ seed: 1, bytes: 20 * mebibyte }, ...Array.from({ length: 40 }, (_, i) => ({ seed: 10 + i, bytes: 50_000 }))];
    const template = await makeTemplate(local, Array.from({ length: 20 }, (_, i) => ({ seed: 100 + i, bytes: 50_000 })));
    const times: number[] = [];
    for (let index = 0; index < tries; index += 1) {
      const operation = (['push', 'pull', 'sync'] as const)[index % 3]!;
      const toBucket = bucket !== undefined && index % 2 === 0;
      const at = bucket?.freshPrefix();
      const proxy = at && toBucket ? await startFaultProxy(at.endpoint) : undefined;
      const world = at && proxy ? await World.withBucket(template, at, proxy.endpoint) : await World.withFolder(template);
      await tally.attempt(`${operation} with ${toBucket ? 'an S3 server' : 'a folder'}`, async () => {
        // Some wait for a server that has gone silent.
        if (proxy && index % 4 === 0) proxy.fault = (_, number) => (number > 10 ? { kind: 'stall', afterBytes: -1 } : undefined);
        const took = await cancelled(world, operation, sabotage && index === 0);
        if (proxy) proxy.fault = () => undefined;
        times.push(took);
        assert.ok(took <= await aSecond(), `ended after ${took.toFixed(0)} ms`);
        await checkClean(world, bucket);
        await completes(world, operation, template, toBucket);
      });
      await proxy?.close();
      await world.remove();
      if (at) await bucket?.clear(at.prefix);
    }
    return tally.outcome(`at most ${Math.max(...times).toFixed(0)} ms`, bucket === undefined ? 'no S3 server' : undefined);
  },
};

/** Milliseconds from the cancellation to the end. */
async function cancelled({ repository }: World, operation: 'push' | 'pull' | 'sync', meddle: boolean): Promise<number> {
  const stop = new AbortController();
  const running = repository[operation]('origin', { signal: stop.signal });
  if (await Promise.race([running, delay(20 + Math.random() * 400)]) !== undefined) return 0;
  const began = performance.now();
  stop.abort();
  const { errors } = await running;
  assert.ok(errors.every(({ reason }) => reason === 'cancelled'), errors.map(String).join());
  return performance.now() - began + (meddle ? 5000 : 0);
}

async function checkClean({ store, remote }: World, bucket: Bucket | undefined): Promise<void> {
  const left = (await readdir(dirname(store))).filter((name) => /spool|journal/.test(name));
  assert.deepEqual(left, [], 'left beside the store');
  if (bucket === undefined || 'path' in remote) return;
  const client = new S3Client({ endpoint: remote.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: remote });
  // The server may still be forgetting, for which the cancellation does not wait for ever.
  for (let tries = 0; ; tries += 1) {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: remote.bucket, Prefix: remote.prefix }));
    if (Uploads.length === 0) break;
    assert.ok(tries < 30, 'an upload was left behind');
    await delay(200);
  }
  client.destroy();
}

async function completes(world: World, operation: 'push' | 'pull' | 'sync', { local, remote }: Template, toBucket: boolean): Promise<void> {
  const { errors } = await world.repository[operation]('origin');
  assert.deepEqual(errors, []);
  const there = toBucket ? [] : remote;
  checkHolds(await world.lookHere(), operation === 'push' ? local : union(local, there), 'the local store');
  checkHolds(await world.lookThere(), operation === 'pull' ? there : union(local, there), 'the remote');
}
