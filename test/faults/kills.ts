import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CoralError } from '../../src/core/base/errors';
import { planLocalPrune, pruneLocal } from '../../src/core/repository/integrity/pruneLocal';
import { writeCommit } from '../samples/commit';
import type { Fault, FaultProxy } from '../servers/faultProxy';
import { startFaultProxy } from '../servers/faultProxy';
import { TransferChild } from './child';
import type { Look } from './pythonCheck';
import { type Bucket, type Kind, type Template, union, World } from './world';

export type Operation = 'push' | 'pull' | 'sync' | 'prune';

/** When it is killed: at the nth change to the disk, at the nth request (as it comes, half sent, or answered), or after a time. */
export type Point =
  | { readonly at: 'change'; readonly number: number; readonly torn: boolean }
  | { readonly at: 'request'; readonly number: number; readonly phase: 'come' | 'body' | 'answer' }
  | { readonly at: 'time'; readonly ms: number };

/** How long an undisturbed transfer takes, and how many points it passes. */
export interface Course { readonly changes: number; readonly requests: number; readonly ms: number }

/** Weights that a prune removes. */
const strays = 4;

/** One kind of remote and one operation, to be killed again and again. */
export class KillSeries {
  readonly kind: Kind;
  readonly operation: Operation;
  readonly #template: Template;
  readonly #bucket: Bucket | undefined;
  course: Course = { changes: 0, requests: 0, ms: 0 };
  kills = 0;
  /** how often h5py could not read a store before Coral had opened it again */
  unreadable = 0;

  constructor(kind: Kind, operation: Operation, template: Template, bucket: Bucket | undefined) {
    this.kind = kind;
    this.operation = operation;
    this.#template = template;
    this.#bucket = bucket;
  }

  /** What the local store must hold whatever happens: a prune may take what no commit names. */
  get #kept(): readonly string[] {
    const { local } = this.#template;
    return this.operation === 'prune' ? local.slice(0, -strays) : local;
  }

  async measure(): Promise<void> {
    await this.#inWorld(async (world, proxy) => {
      const child = new TransferChild({ root: world.root, operation: this.operation, at: 0, torn: false });
      await child.go();
      const began = performance.now();
      assert.equal(await child.ended(), false);
      this.course = { changes: child.changes, requests: proxy?.log.length ?? 0, ms: performance.now() - began };
    });
  }

  /** The points of try `index` of `tries`: every other one chosen, spread over the whole course, the others at random times. */
  pointOf(index: number, tries: number): Point {
    const share = index / tries;
    const { changes, requests, ms } = this.course;
    if (index % 2 === 1) return { at: 'time', ms: Math.random() * ms };
    if (requests > 0 && (changes === 0 || index % 4 === 0)) {
      return { at: 'request', number: Math.floor(share * requests), phase: (['come', 'body', 'answer'] as const)[(index >> 1) % 3] ?? 'come' };
    }
    return { at: 'change', number: 1 + Math.floor(share * changes), torn: index % 8 < 4 };
  }

  /** Kills one transfer there, and checks what it left and that running it again completes it. `meddle` may damage what is checked. */
  async kill(point: Point, meddle?: (world: World) => Promise<void>): Promise<void> {
    await this.#inWorld(async (world, proxy) => {
      const at = point.at === 'change' ? point.number : 0;
      const child = new TransferChild({ root: world.root, operation: this.operation, at, torn: point.at === 'change' && point.torn });
      if (proxy && point.at === 'request') proxy.fault = killing(child, point);
      await child.go();
      if (point.at === 'time') void delay(point.ms).then(() => child.kill());
      if (await child.ended()) this.kills += 1;
      if (proxy) proxy.fault = () => undefined;
      await meddle?.(world);
      await this.#checkOld(world, 'before it was opened again', (error) => { if (error !== undefined) this.unreadable += 1; return error === undefined; });
      await this.#openAgain(world);
      await this.#checkOld(world, 'after it was opened again', (error) => error === undefined);
      await this.#complete(world);
    });
  }

  /**
   * Every weight that a store held before must be in it and right; `mayRead` says whether a store that cannot be read at all is a
   * failure.
   */
  async #checkOld(world: World, when: string, check: (error: string | undefined) => boolean): Promise<void> {
    for (const [side, found, old] of [['local', await world.lookHere(), this.#kept], ['remote', await world.lookThere(), this.#template.remote]] as const) {
      if (!check(found.error)) {
        assert.ok(when.startsWith('before'), `Python cannot read the ${side} store ${when}: ${found.error}`);
        continue;
      }
      checkHolds(found, old, `the ${side} store ${when}`, when.startsWith('before'));
    }
  }

  /** What opening the folder in VS Code does. */
  async #openAgain({ repository }: World): Promise<void> {
    await repository.getSyncStatus('origin');
  }

  async #complete(world: World): Promise<void> {
    const { remote } = this.#template;
    const [kept, all] = [this.#kept, union(this.#template.local, remote)];
    if (this.operation === 'prune') {
      await pruneLocal(world.repository, (await planLocalPrune(world.repository)).drop);
      const found = await world.lookHere();
      assert.deepEqual(found.error ?? [...found.good].sort(), [...kept].sort(), 'what is left in the end');
    } else {
      const { errors } = await world.repository[this.operation]('origin');
      if (errors[0] !== undefined) throw errors[0];
      checkHolds(await world.lookHere(), this.operation === 'push' ? kept : all, 'the local store in the end');
    }
    checkHolds(await world.lookThere(), this.operation === 'push' || this.operation === 'sync' ? all : remote, 'the remote in the end');
    for (const folder of [dirname(world.store), ...('path' in world.remote ? [dirname(world.remote.path)] : [])]) {
      const left = (await readdir(folder)).filter((name) => /journal|spool|lock/.test(name));
      assert.deepEqual(left, [], `left over in ${folder}`);
    }
  }

  async #inWorld(use: (world: World, proxy: FaultProxy | undefined) => Promise<void>): Promise<void> {
    if (this.#bucket === undefined) {
      const world = await World.withFolder(this.#template);
      if (this.operation === 'prune') await writeCommit(world.root, { message: 'kept', time: new Date(), weights: Object.fromEntries(this.#kept.map((hash) => [hash, hash])) });
      await use(world, undefined).finally(() => world.remove());
      return;
    }
    const at = this.#bucket.freshPrefix();
    const proxy = await startFaultProxy(at.endpoint);
    const world = await World.withBucket(this.#template, at, proxy.endpoint);
    try {
      await seed(this.#bucket, at.prefix, this.#template);
      await use(world, proxy);
    } finally {
      await proxy.close();
      await world.remove();
      await this.#bucket.clear(at.prefix);
    }
  }
}

const seeds = new Map<string, Promise<readonly { readonly key: string; readonly bytes: Buffer }[]>>();

/** Puts there what the template's remote holds: the first time by a push, later by copies of its objects. */
async function seed(bucket: Bucket, prefix: string, template: Template): Promise<void> {
  let objects = seeds.get(template.folder);
  if (objects === undefined) seeds.set(template.folder, objects = objectsOf(bucket, template));
  await Promise.all((await objects).map(({ key, bytes }) => bucket.objects.put(prefix + key, bytes, { metadata: { compression: 'none' } })));
}

async function objectsOf(bucket: Bucket, template: Template): Promise<readonly { readonly key: string; readonly bytes: Buffer }[]> {
  const at = bucket.freshPrefix();
  const world = await World.withBucket({ ...template, folder: template.folder }, at);
  const { HDF5Store } = await import('../../src/core/storage/hdf5/hdf5Store');
  const { ObjectWeightStore } = await import('../../src/core/storage/objects/weights/objectWeightStore');
  const [from, to] = [await HDF5Store.open(`${template.folder}/remote.h5`), new ObjectWeightStore(bucket.objects, at.prefix)];
  for (const hash of template.remote) {
    const weight = await from.read(hash);
    if (weight) await to.write(weight);
  }
  await from.close();
  await world.remove();
  return Promise.all((await bucket.keys(at.prefix)).map(async (key) => {
    const blocks: Uint8Array[] = [];
    for await (const block of (await bucket.objects.get(key))?.body ?? []) blocks.push(block);
    return { key: key.slice(at.prefix.length), bytes: Buffer.concat(blocks) };
  }));
}

function killing(child: TransferChild, { number, phase }: Extract<Point, { at: 'request' }>): FaultProxy['fault'] {
  return (_, index): Fault | undefined => {
    if (index !== number) return undefined;
    if (phase !== 'come') return { kind: 'tell', when: phase, tell: () => child.kill() };
    child.kill();
    return { kind: 'reset' };
  };
}

export function checkHolds(found: Look, hashes: readonly string[], what: string, newMayBeBad = false): void {
  if (found.error !== undefined) throw new CoralError('corrupt', `${what}: ${found.error}`);
  if (!newMayBeBad) assert.deepEqual(found.bad, [], `bad weights in ${what}`);
  const missing = hashes.filter((hash) => !found.good.includes(hash));
  assert.deepEqual(missing, [], `weights that are not there, or not right, in ${what}`);
}
