import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, linkSync, mkdirSync, openSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, describe, it } from 'mocha';
import { CoralError } from '../../../../src/core/base/errors';
import { planLocalPrune, pruneLocal } from '../../../../src/core/repository/integrity/pruneLocal';
import { Repository } from '../../../../src/core/repository/repository';
import { compactStore } from '../../../../src/core/storage/hdf5/compactStore';
import { pruneText, pruneWord } from '../../../../src/vscode/wording/pruneText';
import { dumpStore } from '../../../samples/dumpStore';
import { randomNumbers } from '../../../samples/tensors';
import { writeCommit } from '../../../samples/commit';
import { bytesOf, noiseWeight, withStore } from '../../storage/hdf5/stores';
import { hold, missingPython, python } from '../../storage/hdf5/python';
import { copyFixture } from '../../support/fixtures';
import { withH5py } from './damage';

async function open(fixture: string): Promise<{ repository: Repository; coral: string; store: string }> {
  const repository = await Repository.open(join(await copyFixture(fixture), fixture.includes('/') ? '.' : 'repo'));
  const coral = join(repository.root, '.coral');
  return { repository, coral, store: join(coral, 'objects/weights.h5') };
}

/** Adds weights that nothing names. */
async function addStrays(store: string, count: number): Promise<string[]> {
  return withStore(store, { mode: 'write' }, async (open) => {
    const strays = Array.from({ length: count }, (_, i) => noiseWeight(`stray.${i}`, [100, 100], i + 1));
    for (const stray of strays) await open.write(stray);
    return strays.map(({ metadata: { hash } }) => hash).sort();
  });
}

const deltasOf = (store: string): unknown => python(`
import h5py, json, sys, hashlib, numpy as np
with h5py.File(sys.argv[1], 'r') as f:
    print(json.dumps({k: [hashlib.sha256(d[()].tobytes()).hexdigest(), {n: str(v) for n, v in d.attrs.items()}, d.dtype.str] for k, d in f['deltas'].items()}))
`, store);

/** "ok", or what h5py says when it opens the file to write. */
const openedByPython = (store: string): string => python(`
import h5py, json, sys
try:
    h5py.File(sys.argv[1], 'a').close()
    print(json.dumps('ok'))
except OSError as error:
    print(json.dumps(str(error)))
`, store);

const rejectsWith = (promise: Promise<unknown>, reason: string, says: RegExp): Promise<void> => assert.rejects(promise, (error) => {
  assert.ok(CoralError.is(error), String(error));
  assert.equal(error.reason, reason);
  assert.match(error.message, says);
  return true;
});

const leftovers = (store: string): string[] => readdirSync(join(store, '..')).filter((name) => !['weights.h5', 'commits'].includes(name));

describe('pruning a store that repositories share', function () {
  before(function () { if (process.platform === 'win32') this.skip(); });

  for (const [how, share] of [['a link', symlinkSync], ['a second name', linkSync]] as const) {
    it(`by ${how} is said in the plan, and refused unless it is named`, async () => {
      const [one, other] = [await open('basic'), await open('basic')];
      assert.equal((await planLocalPrune(one.repository)).sharedStore, undefined);
      const strays = await addStrays(one.store, 3);
      rmSync(other.store);
      share(one.store, other.store);
      const real = realpathSync(other.store);
      const repository = await Repository.open(other.repository.root, { agreed: { realPaths: [real] } });
      const plan = await planLocalPrune(repository);
      assert.equal(plan.sharedStore, real);
      assert.ok(pruneText(plan).some((line) => line.includes(`- Shared: The store is ${real}, which other repositories may use`)));
      assert.equal(pruneWord(plan), `shared ${basename(other.repository.root)}`);
      await rejectsWith(pruneLocal(repository, plan.drop), 'conflict', /which other repositories may use as well/);
      await rejectsWith(pruneLocal(repository, plan.drop, { sharedStore: '/elsewhere' }), 'conflict', /which other repositories may use as well/);
      const store = await one.repository.localStore();
      const held = await store.list().finally(() => store.close());
      assert.deepEqual(strays.filter((hash) => held.includes(hash)), strays);
      if (how === 'a link') assert.equal((await pruneLocal(repository, plan.drop, { sharedStore: real })).dropped, plan.drop.length);
    });
  }
});

describe('pruning a repository', function () {
  this.timeout(60_000);
  before(function () {
    const reason = missingPython();
    if (reason === undefined) return;
    this.test!.title += ` (skipped: ${reason})`;
    this.skip();
  });

  it('lists what nothing names with its size, removes exactly that, gives the space back, and h5py reads the rest as it was', async () => {
    const { repository, store } = await open('branches');
    const before = dumpStore(store);
    const strays = await addStrays(store, 5);
    const size = statSync(store).size;
    const plan = await planLocalPrune(repository);
    assert.deepEqual(plan.drop.map(({ kind, hash, bytes }) => ({ kind, hash, bytes })), strays.map((hash) => ({ kind: 'weight', hash, bytes: 40_000 })));
    assert.deepEqual([plan.bytes, plan.kept, plan.spared], [200_000, Object.keys(before).length, 0]);
    assert.equal(statSync(store).size, size);
    const { dropped, freed } = await pruneLocal(repository, plan.drop);
    assert.deepEqual([dropped, freed], [5, size - statSync(store).size]);
    assert.ok(freed >= 200_000, `${freed} bytes`);
    assert.deepEqual(dumpStore(store), before);
    assert.deepEqual(leftovers(store), []);
    assert.deepEqual((await planLocalPrune(repository)).drop, []);
  });

  it('keeps deltas, what they are based on, and what is staged', async () => {
    const { repository, store } = await open('deltas/stage-compressed');
    const [deltas, weights] = [deltasOf(store), dumpStore(store)];
    const strays = await addStrays(store, 1);
    const plan = await planLocalPrune(repository);
    assert.deepEqual(plan.drop.map(({ hash }) => hash), strays);
    await pruneLocal(repository, plan.drop);
    assert.deepEqual([deltasOf(store), dumpStore(store)], [deltas, weights]);
    const value = await bytesOf(await repository.readWeight('b'));
    assert.equal(value.byteLength, 1920);
  });

  it('stores each of the rest as it was stored: compressed or not, of every type', async () => {
    const { repository, store } = await open('empty');
    copyFileSync('test/fixtures/dtypes/weights-gzip.h5', store);
    const strays = await addStrays(store, 1);
    const before = dumpStore(store);
    const names = Object.fromEntries(Object.keys(before).filter((hash) => !strays.includes(hash)).map((hash, i) => [`w${i}`, hash]));
    await writeCommit(repository.root, { message: 'all', time: new Date(), weights: names });
    const compression = (): unknown => python("import h5py, json, sys\nwith h5py.File(sys.argv[1], 'r') as f: print(json.dumps({k: d.compression for k, d in f['weights'].items()}))", store);
    const compressed = compression() as Record<string, string>;
    await pruneLocal(repository, (await planLocalPrune(repository)).drop);
    const without = <T>(all: Record<string, T>): Record<string, T> => Object.fromEntries(Object.entries(all).filter(([hash]) => !strays.includes(hash)));
    assert.deepEqual(dumpStore(store), without(before));
    assert.deepEqual(compression(), without(compressed));
  });

  const refusals: readonly { what: string; fixture: string; damage: (coral: string, store: string) => void; reason: string; says: RegExp }[] = [
    { what: 'a commit is damaged', fixture: 'basic', damage: (coral) => writeFileSync(join(coral, 'objects/commits/6e61e928b019b540f3030f1891896f2a.json'), '{'), reason: 'corrupt', says: /cannot be known what is in use/ },
    { what: 'a commit is missing', fixture: 'basic', damage: (coral) => rmSync(join(coral, 'objects/commits/6e61e928b019b540f3030f1891896f2a.json')), reason: 'corrupt', says: /names it as its parent/ },
    { what: 'a branch is damaged', fixture: 'basic', damage: (coral) => writeFileSync(join(coral, 'refs/heads/main'), ''), reason: 'corrupt', says: /refs\/heads\/main/ },
    { what: 'staging is damaged', fixture: 'staged', damage: (coral) => writeFileSync(join(coral, 'staging/staged.json'), '['), reason: 'corrupt', says: /staged\.json/ },
    { what: 'there are no commits', fixture: 'clone', damage: () => undefined, reason: 'missing', says: /has no commits/ },
    { what: 'a delta in use is missing', fixture: 'deltas/stage-compressed', damage: (_, store) => withH5py(store, "del f['deltas/b646040bc57dce07']"), reason: 'missing', says: /which weight it is based on/ },
  ];
  for (const { what, fixture, damage, reason, says } of refusals) {
    it(`refuses, and changes nothing, when ${what}`, async () => {
      const { repository, coral, store } = await open(fixture);
      damage(coral, store);
      const bytes = readFileSync(store);
      await rejectsWith(planLocalPrune(repository), reason, says);
      await rejectsWith(pruneLocal(repository, [{ kind: 'weight', hash: 'b5adf40b90970f42' }]), reason, says);
      assert.deepEqual(readFileSync(store), bytes);
    });
  }

  it('refuses when a weight in use is damaged, when the file holds what is not Coral\'s, and when what is listed came into use', async () => {
    const { repository, store } = await open('basic');
    const [stray] = await addStrays(store, 1);
    const drop = [{ kind: 'weight', hash: stray! }] as const;
    await writeCommit(repository.root, { message: 'uses it', time: new Date(), weights: { stray: stray! } });
    await rejectsWith(pruneLocal(repository, drop), 'conflict', /has come into use/);
    const used = await addStrays(store, 3);
    const unneeded = used.filter((hash) => hash !== stray).map((hash) => ({ kind: 'weight' as const, hash }));
    withH5py(store, "f['notes'] = 1");
    await rejectsWith(pruneLocal(repository, unneeded), 'unsupported', /holds "\/notes"/);
    withH5py(store, "del f['notes']\nf.attrs['owner'] = 'me'");
    await rejectsWith(pruneLocal(repository, unneeded), 'unsupported', /the attribute owner of \//);
    withH5py(store, "del f.attrs['owner']\nf['weights/b5adf40b90970f42'].attrs['mine'] = 1");
    await rejectsWith(pruneLocal(repository, unneeded), 'unsupported', /the attribute "mine"/);
    withH5py(store, "del f['weights/b5adf40b90970f42'].attrs['mine']\nf['weights/b5adf40b90970f42'][0] = 9");
    await rejectsWith(pruneLocal(repository, unneeded), 'corrupt', /b5adf40b90970f42 is in use and damaged/);
    assert.deepEqual(Object.keys(dumpStore(store)).length, 4 + 3);
    assert.deepEqual(leftovers(store), []);
  });

  it('gives up, with nothing changed, when the store is written to while it is copied; puts the old file back when a commit comes at the last moment', async () => {
    const { store } = await open('basic');
    const [stray] = await addStrays(store, 1);
    const drop = [{ kind: 'weight', hash: stray! }] as const;
    const onDone = (): void => writeFileSync(store, readFileSync(store));
    await rejectsWith(compactStore(store, drop, { confirm: async () => undefined, onDone }), 'conflict', /was written to by another program/);
    const bytes = readFileSync(store);
    let asked = 0;
    const confirm = async (): Promise<void> => {
      asked += 1;
      if (asked < 2) return;
      // The fresh file lies there already, and may not be written to, as it is about to go.
      assert.match(openedByPython(store), /unable to lock file/);
      throw new CoralError('conflict', 'it is in use now');
    };
    await rejectsWith(compactStore(store, drop, { confirm }), 'conflict', /in use now/);
    assert.equal(asked, 2);
    assert.deepEqual(readFileSync(store), bytes);
    assert.deepEqual(leftovers(store), []);
    assert.equal(openedByPython(store), 'ok');
  });

  it('refuses a Python program that opened the old file before it was replaced, and locks it only now', async () => {
    const { store } = await open('basic');
    const [stray] = await addStrays(store, 1);
    const early = openSync(store, 'r+');
    await compactStore(store, [{ kind: 'weight', hash: stray! }], { confirm: async () => undefined });
    const locked = spawnSync('flock', ['-n', '-x', '3'], { stdio: ['ignore', 'ignore', 'ignore', early] });
    closeSync(early);
    assert.equal(locked.status, 1, 'it would write to a file that nobody sees');
    assert.equal(openedByPython(store), 'ok');
  });

  it('waits for h5py, which has the file open, and says who holds it', async () => {
    const { repository, store } = await open('basic');
    await addStrays(store, 1);
    const plan = await planLocalPrune(repository);
    const holder = await hold(store, 'r');
    const waits: string[] = [];
    const pruning = pruneLocal(repository, plan.drop, { onProgress: ({ waiting }) => { if (waiting !== undefined && waits.push(waiting) === 1) void holder.release(); } });
    await pruning;
    assert.match(waits[0] ?? '', new RegExp(`held by python.*pid ${holder.pid}`));
    assert.equal(Object.keys(dumpStore(store)).length, 4);
  });

  it('never removes what is named: random repositories', async () => {
    const random = randomNumbers(14);
    for (let round = 0; round < 4; round += 1) {
      const { repository, store } = await open('empty');
      const weights = Array.from({ length: 3 + Math.floor(random() * 10) }, (_, i) => noiseWeight(`w${i}`, [4, 4], round * 100 + i));
      await withStore(store, { mode: 'write' }, async (file) => { for (const weight of weights) await file.write(weight); });
      const named = new Set<string>();
      const some = (): Record<string, string> => Object.fromEntries(weights.filter(() => random() < 0.3).map(({ metadata: { name, hash } }) => {
        named.add(hash);
        return [name, hash];
      }));
      const commits = 1 + Math.floor(random() * 3);
      for (let i = 0; i < commits; i += 1) await writeCommit(repository.root, { message: `${i}`, time: new Date(), weights: some() });
      mkdirSync(join(repository.root, '.coral/staging'), { recursive: true });
      if (random() < 0.5) writeFileSync(join(repository.root, '.coral/staging/staged.json'), JSON.stringify({ weights: some(), deltas: {} }));
      const before = dumpStore(store);
      await pruneLocal(repository, (await planLocalPrune(repository)).drop);
      assert.deepEqual(dumpStore(store), Object.fromEntries(Object.entries(before).filter(([hash]) => named.has(hash))), `round ${round}`);
    }
  });
});
