import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CoralError } from '../../src/core/base/errors';
import type { SyncResult } from '../../src/core/transfer/syncResult';
import { Repository } from '../../src/core/repository/repository';
import { writeTag } from '../samples/commit';
import { fakeKeys, type FakeS3, md5, startFakeS3 } from '../samples/fakeS3';
import { copyRepository } from '../samples/repositories';
import { type Claim, Tally } from './claim';

const parts = ['weights/', 'metadata/', 'deltas/', 'commits/', 'versions/', 'refs.json'] as const;
const lies = ['loses it', 'changes a byte', 'cuts it off', 'keeps an empty one', 'keeps what was there before'] as const;
type Part = (typeof parts)[number];
type Lie = (typeof lies)[number];

interface Victim { readonly part: Part; readonly lie: Lie; readonly times: number; readonly unusualTags: boolean }

export const countedIsConfirmed: Claim = {
  id: 'R15',
  says: 'what a push counts is confirmed: weights, metadata, deltas, commits, versions and refs',
  short: 6,
  full: 200,
  async run(tries, { sabotage }) {
    const tally = new Tally();
    for (let index = 0; index < tries; index += 1) {
      const part = parts[index % parts.length]!;
      const lie = lies[Math.floor(index / parts.length) % lies.length]!;
      // Once, so that sending again helps, or each time; with tags that prove something, or that do not.
      const victim = { part, lie, times: index % 4 < 2 ? 1 : Infinity, unusualTags: index % 3 === 2 && part !== 'weights/' && part !== 'metadata/' && part !== 'deltas/' };
      await tally.attempt(`a server that, sent ${part}, ${lie}`, () => pushToLiar(victim, sabotage && index === tries - 1));
    }
    return tally.outcome();
  },
};

async function pushToLiar({ part, lie, times, unusualTags }: Victim, meddle: boolean): Promise<void> {
  const server = await startFakeS3();
  const repository = await copyRepository('deltas/stage-xor_float32');
  try {
    const tip = String((await repository.branches())['main']);
    await writeTag(repository.root, 'v1', tip);
    await repository.addRemote('liar', { url: 's3://bucket/p/', endpointUrl: server.endpoint });
    if (unusualTags) server.tags = (bytes) => `unusual-${md5(bytes).slice(0, 8)}`;
    const lied = lieAbout(server, part, lie, times);
    const result = await push(repository);
    assert.ok(lied() > 0, 'it had no occasion to lie');
    // Sabotage: as if nothing had been said.
    const errors = meddle ? [] : result.errors;
    assert.ok(errors.every((error) => CoralError.is(error)), errors.map(String).join());
    const whole = wholeThere(server, repository, tip);
    if (errors.length === 0) assert.deepEqual(whole, { deltas: 1, commits: 1, versions: 1, branches: 1, weights: 2 }, 'nothing was said');
    for (const [kind, counted] of [['weights', result.pushedWeights], ['deltas', result.pushedDeltas], ['commits', result.pushedCommits], ['versions', result.pushedVersions], ['branches', result.pushedBranches]] as const) {
      assert.ok(counted <= whole[kind], `${counted} ${kind} are counted, ${whole[kind]} are there`);
    }
    assert.ok(whole.branches === 0 || whole.commits === 1, 'refs are at a commit that is not there');
  } finally {
    await server.close();
    await rm(repository.root, { recursive: true, force: true });
  }
}

const push = (repository: Repository): Promise<SyncResult> => repository.push('liar', { credentials: fakeKeys, tries: 2 });

function lieAbout(server: FakeS3, part: Part, lie: Lie, times: number): () => number {
  let lied = 0;
  let victim: string | undefined;
  server.intercept = ({ kind, key, body, response }) => {
    if (kind !== 'PUT' || !key.startsWith(`p/${part}`) || key.includes('probe') || lied >= times || (victim ?? key) !== key) return false;
    victim = key;
    lied += 1;
    const kept = keptOf(body, lie);
    if (kept !== undefined) server.objects.set(key, kept);
    response.writeHead(200, { etag: `"${server.tags(body)}"` }).end();
    return true;
  };
  return () => lied;
}

function keptOf(body: Buffer, lie: Lie): Buffer | undefined {
  if (lie === 'changes a byte') return Buffer.from(body.map((byte, index) => (index === body.length >> 1 ? (byte === 0x61 ? 0x62 : 0x61) : byte)));
  if (lie === 'cuts it off') return body.subarray(0, body.length >> 1);
  return lie === 'keeps an empty one' ? Buffer.of() : undefined;
}

/** How many of each kind the server really holds, byte for byte where they are copied so. */
function wholeThere(server: FakeS3, repository: Repository, tip: string): Record<'weights' | 'deltas' | 'commits' | 'versions' | 'branches', number> {
  const below = (folder: string): [string, Buffer][] => [...server.objects].filter(([key]) => key.startsWith(`p/${folder}/`)).map(([key, bytes]) => [key.slice(folder.length + 3), bytes]);
  const same = (folder: string, local: string): number => below(folder).filter(([name, bytes]) => bytes.equals(readFileSync(join(repository.root, '.coral', local, name)))).length;
  const names = new Map(below('metadata'));
  const isNamed = (name: string): boolean => isWeightFile(names.get(name.replace('.npz', '.json')));
  return {
    weights: below('weights').filter(([name, bytes]) => isZip(bytes) && isNamed(name)).length,
    deltas: below('deltas').filter(([, bytes]) => isZip(bytes)).length,
    commits: same('commits', 'objects/commits'),
    versions: same('versions', 'versions'),
    branches: refsOf(server.objects.get('p/refs.json')).main === tip ? 1 : 0,
  };
}

const isZip = (bytes: Buffer): boolean => bytes.byteLength > 100 && bytes.readUInt32LE(0) === 0x04034b50 && bytes.subarray(-22).readUInt32LE(0) === 0x06054b50;

function isWeightFile(bytes: Buffer | undefined): boolean {
  try {
    return bytes !== undefined && typeof (JSON.parse(bytes.toString()) as { name?: unknown }).name === 'string';
  } catch {
    return false;
  }
}

function refsOf(bytes: Buffer | undefined): { readonly main?: string } {
  try {
    return bytes === undefined ? {} : (JSON.parse(bytes.toString()) as { refs: { main?: string } }).refs;
  } catch {
    return {};
  }
}
