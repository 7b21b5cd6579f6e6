import assert from 'node:assert/strict';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CoralError } from '../../src/core/base/errors';
import { HDF5Store } from '../../src/core/storage/hdf5/hdf5Store';
import { ObjectWeightStore } from '../../src/core/storage/objects/weights/objectWeightStore';
import type { WeightStore } from '../../src/core/storage/weightStore';
import { Meter } from '../../src/core/transfer/meter';
import { runTransfer } from '../../src/core/transfer/runTransfer';
import { randomNumbers } from '../samples/tensors';
import { MemoryObjects } from '../unit/support/memoryObjects';
import { MemoryStore } from '../unit/support/memoryStore';
import { type Claim, Tally } from './claim';
import { makeTemplate } from './world';

type Random = () => number;

export const damageIsRefused: Claim = {
  id: 'R4',
  says: 'damage to stores and objects is refused and named, or harmless: nothing wrong is ever sent or kept',
  short: 60,
  full: 10_000,
  async run(tries, { sabotage }) {
    const tally = new Tally();
    const random = randomNumbers(4);
    const template = await makeTemplate([5, 6, 7, 8].map((seed) => ({ seed, bytes: 200 * seed })), []);
    const sources = await Promise.all([join(template.folder, 'local.h5'), resolve('test/fixtures/dtypes/weights-lzf.h5')].map(async (path) => ({ path, truth: await truthOf(path) })));
    const victim = join(template.folder, 'damaged.h5');
    const counts = { refused: 0, harmless: 0 };
    for (let index = 0; index < tries; index += 1) {
      const { path, truth } = sources[index % 2]!;
      const meddle = sabotage && index === tries - 1;
      if (index % 4 < 2) {
        const bytes = mutate(await readFile(path), random);
        await tally.attempt(`store ${index}`, async () => {
          await copyFile(path, victim);
          await writeFile(victim, bytes);
          await pullFrom(await HDF5Store.open(victim), truth, counts, meddle);
        });
      } else {
        const objects = await objectsOf(path);
        const key = [...objects.objects.keys()][Math.floor(random() * objects.objects.size)]!;
        const stored = objects.objects.get(key)!;
        objects.objects.set(key, { ...stored, bytes: mutate(Buffer.from(stored.bytes), random) });
        await tally.attempt(`object ${index}, ${key}`, () => pullFrom(new ObjectWeightStore(objects, ''), truth, counts, meddle));
      }
    }
    return tally.outcome(`${counts.refused} refused, ${counts.harmless} harmless`);
  },
};

/** The bytes of each weight, by hash. */
async function truthOf(path: string): Promise<Map<string, Buffer>> {
  const store = await HDF5Store.open(path);
  const truth = new Map<string, Buffer>();
  for (const hash of await store.list()) truth.set(hash, await bytesOf(store, hash));
  await store.close();
  return truth;
}

/** Sends all that it lists elsewhere; what arrives must be right, and what does not must be named. */
async function pullFrom(from: WeightStore, truth: ReadonlyMap<string, Buffer>, counts: { refused: number; harmless: number }, meddle: boolean): Promise<void> {
  try {
    const to = new MemoryStore();
    const listed = await from.list().catch((error: unknown) => { assert.ok(CoralError.is(error), `list threw ${String(error)}`); return undefined; });
    if (listed === undefined) return void (counts.refused += 1);
    const { errors, arrived } = await runTransfer(listed, from, to, { remote: 'origin', meter: new Meter('pulling', 'origin', undefined) });
    assert.equal(arrived.size + errors.length, listed.length, errors.map(String).join());
    for (const error of errors) assert.ok(error.hash !== undefined && listed.includes(error.hash) && error.message.length > 10, `not named: ${String(error)}`);
    if (meddle) for (const hash of truth.keys()) to.weights.set(hash, [...to.weights.values()].find(({ metadata }) => metadata.hash !== hash)!);
    for (const hash of to.weights.keys()) {
      const right = truth.get(hash);
      assert.ok(right !== undefined && right.equals(await bytesOf(to, hash)), `${hash} arrived with other bytes`);
    }
    counts[errors.length > 0 || listed.length < truth.size ? 'refused' : 'harmless'] += 1;
  } finally {
    await from.close();
  }
}

async function bytesOf(store: WeightStore, hash: string): Promise<Buffer> {
  const blocks: Uint8Array[] = [];
  for await (const block of (await store.read(hash))?.blocks() ?? []) blocks.push(block);
  return Buffer.concat(blocks);
}

const made = new Map<string, Promise<MemoryObjects>>();

/** The weights of a store as objects; the caller may change the copy. */
async function objectsOf(path: string): Promise<MemoryObjects> {
  const original = made.get(path) ?? (async () => {
    const objects = new MemoryObjects({ ifAbsent: true, ifMatch: 'quoted' });
    const [from, to] = [await HDF5Store.open(path), new ObjectWeightStore(objects, '', { compression: 'gzip' })];
    for (const hash of await from.list()) {
      const weight = await from.read(hash);
      if (weight) await to.write(weight);
    }
    await from.close();
    return objects;
  })();
  made.set(path, original);
  const copy = new MemoryObjects({ ifAbsent: true, ifMatch: 'quoted' });
  for (const [key, stored] of (await original).objects) copy.objects.set(key, stored);
  return copy;
}

/** Flips a bit, puts random bytes, zeros a stretch, moves one, or cuts the end off. */
function mutate(bytes: Buffer, random: Random): Buffer {
  const at = Math.floor(random() * bytes.length);
  const length = Math.min(bytes.length - at, 1 + Math.floor(random() * 64));
  const kind = Math.floor(random() * 5);
  if (kind === 0) bytes[at]! ^= 1 << Math.floor(random() * 8);
  if (kind === 1) for (let i = 0; i < Math.min(length, 8); i += 1) bytes[at + i] = Math.floor(random() * 256);
  if (kind === 2) bytes.fill(0, at, at + length);
  if (kind === 3) bytes.copy(bytes, at, Math.floor(random() * bytes.length), bytes.length);
  return kind === 4 ? bytes.subarray(0, at) : bytes;
}
