import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { ListMultipartUploadsCommand, ListPartsCommand, S3Client } from '@aws-sdk/client-s3';
import { type FaultProxy, startFaultProxy } from '../servers/faultProxy';
import { TransferChild } from './child';
import { type Claim, Tally } from './claim';
import { checkHolds } from './kills';
import { Bucket, makeTemplate, type Template, World } from './world';

const mebibyte = 1024 * 1024;
const partBytes = 8 * mebibyte;

export const resumedUpload: Claim = {
  id: 'R2',
  says: 'a rerun completes; it sends no part again that the server holds, and no more than the 8 MiB parts that were under way',
  short: 1,
  full: 200,
  async run(tries, { sabotage }) {
    const tally = new Tally();
    const bucket = await Bucket.create();
    if (bucket === undefined) return tally.outcome(undefined, 'no S3 server');
    const template = await makeTemplate([{ seed: 1, bytes: 34 * mebibyte }, ...[2, 3, 4].map((seed) => ({ seed, bytes: 20_000 }))], []);
    const client = new S3Client({ endpoint: bucket.server.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: bucket.server });
    const figures = { max: 0, resumed: 0 };
    for (let index = 0; index < tries; index += 1) {
      const share = (index + 1) / (tries + 1);
      await tally.attempt(`try ${index}, killed after ${Math.round(share * 100)} % of the bytes`, async () => {
        const { twice, resumed } = await killAndCount(bucket, template, client, share, sabotage && index === tries - 1);
        figures.max = Math.max(figures.max, twice);
        figures.resumed += resumed ? 1 : 0;
      });
    }
    client.destroy();
    return tally.outcome(`${figures.resumed} went on with an upload; at most ${(figures.max / mebibyte).toFixed(1)} MiB of one object were sent twice`);
  },
};

/** Body bytes that have come for parts and objects, in all. */
const received = (proxy: FaultProxy): number => proxy.log.filter(({ method }) => method === 'PUT').reduce((sum, { traffic }) => sum + traffic.received, 0);
const partOf = (path: string): string => `${path.split('?')[0]}#${/partNumber=(\d+)/.exec(path)?.[1] ?? ''}`;

async function killAndCount(bucket: Bucket, template: Template, client: S3Client, share: number, meddle: boolean): Promise<{ twice: number; resumed: boolean }> {
  const at = bucket.freshPrefix();
  const proxy = await startFaultProxy(at.endpoint);
  const world = await World.withBucket(template, at, proxy.endpoint);
  try {
    const child = new TransferChild({ root: world.root, operation: 'push', at: 0, torn: false });
    const kill = setInterval(() => { if (received(proxy) >= share * 33 * mebibyte) child.kill(); }, 1);
    await child.go();
    await child.ended().finally(() => clearInterval(kill));
    await delay(100); // What the server has got already, it may still be storing.
    const held = await heldParts(client, bucket.name, at.prefix);
    const objects = new Set(await bucket.keys(at.prefix));
    const first = received(proxy);
    const underWay = proxy.log.filter(({ method, path, traffic }) => method === 'PUT' && traffic.received > 0 && !held.has(partOf(path)) && traffic.status !== 200).length;
    if (meddle) held.add(`/${bucket.name}/${at.prefix}weights/${template.local[0]}.npz#5`);
    proxy.log.length = 0;
    const result = await world.repository.push('origin');
    if (result.errors[0] !== undefined) throw result.errors[0];
    const sent = proxy.log.filter(({ method }) => method === 'PUT').map(({ path }) => path);
    assert.deepEqual(sent.filter((path) => held.has(partOf(path)) && path.includes('partNumber')), [], 'parts that the server held were sent again');
    const keyOf = (path: string): string => decodeURIComponent(path.split('?')[0]!.slice(bucket.name.length + 2));
    assert.deepEqual(sent.filter((path) => keyOf(path).includes('weights/') && objects.has(keyOf(path))), [], 'objects that the server held were sent again');
    checkHolds(await world.lookThere(), template.local, 'the remote in the end');
    const total = (await sizes(bucket, at.prefix)).reduce((sum, size) => sum + size, 0);
    const twice = Math.max(0, first + received(proxy) - total);
    assert.ok(twice <= Math.max(1, underWay) * partBytes, `${twice} bytes were sent twice, with ${underWay} requests under way`);
    return { twice, resumed: held.size > 0 };
  } finally {
    await proxy.close();
    await world.remove();
    await bucket.clear(at.prefix);
  }
}

async function sizes(bucket: Bucket, prefix: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { size } of bucket.objects.list(prefix)) found.push(size);
  return found;
}

/** The parts that the server holds of uploads not ended, as "path#number". */
async function heldParts(client: S3Client, Bucket: string, prefix: string): Promise<Set<string>> {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: prefix }));
  const held = new Set<string>();
  for (const { Key, UploadId } of Uploads) {
    const { Parts = [] } = await client.send(new ListPartsCommand({ Bucket, Key, UploadId }));
    for (const { PartNumber } of Parts) held.add(`/${Bucket}/${Key}#${PartNumber}`);
  }
  return held;
}
