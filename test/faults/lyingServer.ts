import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PutObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { type Claim, Tally } from './claim';
import { checkHolds } from './kills';
import type { Planned } from './pythonCheck';
import { Bucket, makeTemplate, type Template, World } from './world';

/** What the server does instead of keeping a body, saying each time that all is well. */
const lies = ['drops it', 'keeps other bytes', 'keeps other bytes and tells their tag', 'cuts it off', 'keeps it under another key'] as const;
type Lie = (typeof lies)[number];
type Victim = 'weights' | 'metadata' | 'part' | 'complete';

export const lyingServer: Claim = {
  id: 'R5',
  says: 'after an upload the remote holds what was sent, or it is said that it does not',
  short: 6,
  full: 200,
  async run(tries, { sabotage }) {
    const tally = new Tally();
    const bucket = await Bucket.create();
    if (bucket === undefined) return tally.outcome(undefined, 'no S3 server');
    const planned = (seeds: number[], bytes: number): Planned[] => seeds.map((seed) => ({ seed, bytes }));
    const small = await makeTemplate(planned([1, 2, 3, 4, 5], 3000), []);
    const many = await makeTemplate(planned(Array.from({ length: 30 }, (_, i) => i), 800), []);
    const large = await makeTemplate([...planned([1], 18 * 1024 * 1024), ...planned([2], 3000)], []);
    for (let index = 0; index < tries; index += 1) {
      const victim = (['weights', 'metadata', 'weights', 'part', 'weights', 'complete'] as const)[index % 6]!;
      const lie = victim === 'complete' ? 'drops it' : lies[Math.floor(index / 2) % lies.length]!;
      const template = victim === 'part' || victim === 'complete' ? large : index % 4 < 2 ? small : many;
      await tally.attempt(`a server that, told of ${victim}, ${lie}`, () => pushToLiar(bucket, template, victim, lie, sabotage && index === tries - 1));
    }
    return tally.outcome();
  },
};

async function pushToLiar(bucket: Bucket, template: Template, victim: Victim, lie: Lie, meddle: boolean): Promise<void> {
  const at = bucket.freshPrefix();
  const liar = await startLiar(bucket, victim, lie);
  const world = await World.withBucket(template, at, liar.endpoint);
  try {
    const { errors, pushedWeights } = await world.repository.push('origin');
    assert.ok(liar.lied(), 'it had no occasion to lie');
    // Sabotage: as if nothing had been said.
    const said = meddle ? [] : errors;
    // It may have been noticed at once and sent again. With nothing said, all must be there.
    if (said.length === 0) checkHolds(await world.lookThere(), template.local, 'the remote, of which nothing was said');
    assert.ok(said.every(({ reason }) => reason === 'corrupt' || reason === 'network' || reason === 'conflict'), errors.map(String).join());
    assert.equal(pushedWeights, template.local.length - errors.length);
    // Honest from now on: what counts as there must be right, and a rerun brings the rest.
    const again = await world.repository.push('origin');
    assert.deepEqual(again.errors, []);
    assert.equal(again.pushedWeights, errors.length);
    checkHolds(await world.lookThere(), template.local, 'the remote in the end');
  } finally {
    await liar.close();
    await world.remove();
    await bucket.clear(at.prefix);
  }
}

interface Liar { readonly endpoint: string; lied(): boolean; close(): Promise<void> }

/** In front of the real server; lies about the first body of its kind, then about none. */
async function startLiar(bucket: Bucket, victim: Victim, lie: Lie): Promise<Liar> {
  const { server: { endpoint, accessKeyId, secretAccessKey } } = bucket;
  const own = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
  let lied = false;
  const isVictim = ({ method, url = '' }: IncomingMessage): boolean => {
    if (victim === 'complete') return method === 'POST' && url.includes('uploadId=');
    if (victim === 'part') return method === 'PUT' && url.includes('partNumber=2');
    return method === 'PUT' && url.includes(`/${victim}/`) && !url.includes('partNumber');
  };
  const server = createServer((incoming, outgoing) => {
    if (lied || !isVictim(incoming)) {
      forward(incoming, outgoing, endpoint);
      return;
    }
    lied = true;
    void bodyOf(incoming).then((bytes) => pretend(own, incoming, outgoing, bytes, lie)).catch((error: unknown) => outgoing.destroy(error as Error));
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lied: () => lied,
    close: () => new Promise((resolve) => {
      own.destroy();
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

async function pretend(own: S3Client, incoming: IncomingMessage, outgoing: ServerResponse, bytes: Buffer, lie: Lie): Promise<void> {
  const url = new URL(incoming.url ?? '', 'http://any');
  const [, Bucket = '', ...rest] = decodeURIComponent(url.pathname).split('/');
  const Key = rest.join('/');
  if (incoming.method === 'POST') {
    outgoing.writeHead(200, { 'content-type': 'application/xml' });
    outgoing.end(`<?xml version="1.0"?><CompleteMultipartUploadResult><Bucket>${Bucket}</Bucket><Key>${Key}</Key><ETag>"0-3"</ETag></CompleteMultipartUploadResult>`);
    return;
  }
  const kept = lie === 'cuts it off' ? bytes.subarray(0, bytes.length >> 1) : bytes;
  const stored = lie.startsWith('keeps other') ? Buffer.from(kept.map((byte, i) => (i === kept.length >> 1 ? byte ^ 0xff : byte))) : kept;
  const UploadId = url.searchParams.get('uploadId') ?? undefined;
  const place = { Bucket, Key: lie === 'keeps it under another key' ? `elsewhere/${Key}` : Key, Body: stored };
  const skip = lie === 'drops it' || (UploadId !== undefined && lie === 'keeps it under another key');
  if (!skip && UploadId === undefined) await own.send(new PutObjectCommand({ ...place, Metadata: { compression: 'none' } }));
  else if (!skip) await own.send(new UploadPartCommand({ ...place, UploadId, PartNumber: Number(url.searchParams.get('partNumber')) }));
  const told = lie.endsWith('tells their tag') ? stored : bytes;
  outgoing.writeHead(200, { etag: `"${createHash('md5').update(told).digest('hex')}"` }).end();
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for await (const block of incoming) blocks.push(block as Buffer);
  return Buffer.concat(blocks);
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, target: string): void {
  const { hostname, port } = new URL(target);
  const forwarded = request({ hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  forwarded.once('error', () => incoming.socket.destroy());
  incoming.pipe(forwarded);
}
