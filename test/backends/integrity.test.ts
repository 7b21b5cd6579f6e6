import { before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CoralError, type Reason } from '../../src/core/base/errors';
import { checkRemote } from '../../src/core/repository/integrity/checkRemote';
import { checkRepository } from '../../src/core/repository/integrity/checkRepository';
import { planRemotePrune, pruneRemote } from '../../src/core/repository/integrity/pruneRemote';
import { planRepairOf, repair, type RepairResult } from '../../src/core/repository/integrity/repair';
import type { Depth, Finding } from '../../src/core/repository/integrity/integrityReport';
import { Repository } from '../../src/core/repository/repository';
import { connect } from '../../src/core/storage/objects/connect';
import type { ObjectStore } from '../../src/core/storage/objects/objectStore';
import { writeCommit } from '../samples/commit';
import { dumpStore } from '../samples/dumpStore';
import { freshFileRemote, freshS3Remote } from '../samples/remotes';
import { copyFixture } from '../unit/support/fixtures';
import { cutChunk, editJson, eraseHeader, flipBit, withH5py } from '../unit/repository/integrity/damage';
import { noiseWeight, withStore } from '../unit/storage/hdf5/stores';

interface Pushed {
  readonly repository: Repository;
  readonly store: string;
  readonly options: Record<string, unknown>;
  readonly url: string;
}

async function push(fixture: string, fresh: typeof freshFileRemote | typeof freshS3Remote): Promise<Pushed | undefined> {
  const remote = await fresh();
  if (remote === undefined) return undefined;
  const repository = await Repository.open(join(await copyFixture(fixture), fixture.includes('/') ? '.' : 'repo'));
  await repository.addRemote('fresh', remote.url);
  const result = await repository.push('fresh', remote.options);
  assert.deepEqual(result.errors, []);
  return { repository, store: join(repository.root, '.coral/objects/weights.h5'), options: { ...remote.options }, url: remote.url };
}

async function pushToFolder(fixture: string): Promise<{ readonly pushed: Pushed; readonly folder: string; readonly store: string }> {
  const pushed = (await push(fixture, freshFileRemote))!;
  const folder = pushed.url.slice('file://'.length);
  return { pushed, folder, store: join(folder, 'weights.h5') };
}

const check = async ({ repository, options }: Pushed, depth: Depth = 'deep'): Promise<readonly Finding[]> => (await checkRemote(repository, 'fresh', { ...options, depth })).findings;
const facts = ({ subject, fault, hash }: Finding): string => `${subject} ${fault} ${hash ?? ''}`.trim();
const rejectsWith = (promise: Promise<unknown>, reason: Reason, says: RegExp): Promise<void> => assert.rejects(promise, (error) => {
  assert.ok(CoralError.is(error, reason), String(error));
  assert.match(error.message, says);
  return true;
});

async function mendRemote(pushed: Pushed): Promise<RepairResult> {
  const report = await checkRemote(pushed.repository, 'fresh', { ...pushed.options, depth: 'deep' });
  const sources = [{ remote: 'fresh', options: pushed.options }];
  return repair(pushed.repository, await planRepairOf(pushed.repository, report, sources), sources);
}

async function mendLocal(pushed: Pushed): Promise<RepairResult> {
  const report = await checkRepository(pushed.repository, { depth: 'deep' });
  const sources = [{ remote: 'fresh', options: pushed.options }];
  return repair(pushed.repository, await planRepairOf(pushed.repository, report, sources), sources);
}

const w0 = '3a2a83bde2cbe8ca';
const delta = 'b646040bc57dce07';
const reference = '78b708c8a7deb662';
const commit = 'a71793267329d0aaf28b2efb5d0427d6';
const tip = 'b86afe246efe38ce26362de15fa6b1bd';

describe('integrity of an S3 remote', function () {
  this.timeout(120_000);
  let branches: Pushed;
  let objects: ObjectStore;
  let prefix: string;

  const objectsOf = ({ url, options }: Pushed): Promise<ObjectStore> => {
    const [, host = '', bucket = ''] = /^minio:\/\/([^/]+)\/([^/]+)\//.exec(url) ?? [];
    return connect({ backend: 's3', bucket, endpointUrl: `http://${host}` }, { credentials: options['credentials'] as { accessKeyId: string; secretAccessKey: string } });
  };
  const read = async (key: string): Promise<Buffer> => {
    const blocks: Uint8Array[] = [];
    for await (const block of (await objects.get(`${prefix}${key}`))!.body) blocks.push(block);
    return Buffer.concat(blocks);
  };
  const change = async (key: string, edit: (bytes: Buffer) => Uint8Array): Promise<void> => {
    await objects.put(`${prefix}${key}`, edit(await read(key)), { metadata: { compression: 'none' } });
  };
  const changeText = (key: string, from: string, to: string): Promise<void> => change(key, (bytes) => {
    assert.ok(bytes.includes(from), `${key}: ${bytes.toString()}`);
    return Buffer.from(bytes.toString().replace(from, to));
  });
  const flip = (bytes: Buffer): Buffer => { bytes[Math.floor(bytes.length / 2)]! ^= 4; return bytes; };

  before(async function () {
    const pushed = await push('branches', freshS3Remote);
    if (pushed === undefined) return this.skip();
    branches = pushed;
    objects = await objectsOf(pushed);
    prefix = 'models/';
  });

  it('finds nothing in what was pushed, by reading alone', async () => {
    const lines: string[] = [];
    const report = await checkRemote(branches.repository, 'fresh', { ...branches.options, depth: 'deep', onRequest: (line) => { lines.push(line); } });
    assert.deepEqual(report.findings, []);
    assert.deepEqual([report.checked.weights, report.checked.commits, report.checked.versions, report.checked.refs], [8, 6, 2, 3]);
    assert.ok(lines.length > 16, lines.join('\n'));
    assert.deepEqual(lines.filter((line) => /^(put|upload|delete|create|post)/i.test(line)), []);
  });

  /** One of each kind, each in another place. */
  const damages: readonly { what: string; damage: () => Promise<void>; finds: readonly string[]; isDeep?: boolean }[] = [
    { what: 'a bit flipped in an npz', isDeep: true, damage: () => change(`weights/${w0}.npz`, flip), finds: [`weight damaged ${w0}`] },
    { what: 'an npz cut off in its data', damage: () => change('weights/4123a7a3cb58f483.npz', (bytes) => bytes.subarray(0, 300)), finds: ['weight damaged 4123a7a3cb58f483'] },
    { what: 'an npz that is something else', damage: () => change('weights/6d45054f4ba92dcc.npz', () => Buffer.from('<html>')), finds: ['weight damaged 6d45054f4ba92dcc'] },
    { what: 'an npy header overwritten', damage: () => change('weights/fe1e04fed2a00d65.npz', (bytes) => bytes.fill(0, bytes.indexOf('NUMPY'), bytes.indexOf('NUMPY') + 40)), finds: ['weight damaged fe1e04fed2a00d65'] },
    { what: 'a weight deleted', damage: () => objects.delete(['models/weights/c4616d561dcd80d4.npz']), finds: ['weight missing c4616d561dcd80d4', 'metadata unknown c4616d561dcd80d4'] },
    { what: 'metadata deleted', damage: () => objects.delete(['models/metadata/dc367d5502b8e6d3.json']), finds: ['metadata missing dc367d5502b8e6d3'] },
    { what: 'metadata with another shape', damage: () => changeText('metadata/ddbeb32945cfda65.json', '[6,6]', '[36]'), finds: ['metadata damaged ddbeb32945cfda65'] },
    { what: 'metadata with a key at which Python stops', damage: () => changeText('metadata/f9076a3cf63336ec.json', '{', '{"owner":"me",'), finds: ['metadata damaged f9076a3cf63336ec'] },
    { what: 'a commit changed', damage: () => changeText(`commits/${commit}.json`, '"author"', '"Author"'), finds: [`commit damaged ${commit}`] },
    { what: 'a commit deleted, which a branch is at', damage: () => objects.delete([`models/commits/${tip}.json`]), finds: [`refs missing ${tip}`] },
    { what: 'a version cut off', damage: () => change('versions/f8500df9294ae930.json', (bytes) => bytes.subarray(0, 30)), finds: ['version damaged f8500df9294ae930'] },
  ];

  it(`finds and names each, and mends it from the repository: ${damages.map(({ what }) => what).join('; ')}`, async () => {
    for (const { damage } of damages) await damage();
    const expected = (isShallow: boolean): string[] => damages.filter(({ isDeep = false }) => !(isShallow && isDeep)).flatMap(({ finds }) => finds).sort();
    assert.deepEqual((await check(branches)).map(facts).sort(), expected(false));
    assert.deepEqual((await check(branches, 'shallow')).map(facts).sort(), expected(true));
    const result = await mendRemote(branches);
    assert.deepEqual(result.failed, []);
    assert.deepEqual(await check(branches), []);
  });

  it('a damaged refs.json, one that leads nowhere, files of others: are found, and nothing is invented', async () => {
    const whole = await read('refs.json');
    await change('refs.json', (bytes) => bytes.subarray(0, 30));
    assert.deepEqual((await check(branches)).map(facts), ['refs damaged']);
    assert.deepEqual((await mendRemote(branches)).mended, []);
    assert.equal((await read('refs.json')).byteLength, 30);
    await change('refs.json', () => Buffer.from(whole.toString().replace(tip, 'f'.repeat(32))));
    await objects.put('models/weights/notes.txt', Buffer.from('hi'));
    assert.deepEqual((await check(branches)).map(facts), [`refs missing ${'f'.repeat(32)}`, 'file unknown']);
    assert.deepEqual((await mendRemote(branches)).mended, []);
    await change('refs.json', () => whole);
    await objects.delete(['models/weights/notes.txt']);
    assert.deepEqual(await check(branches), []);
  });

  it('a delta damaged and one deleted: found, and mended from the repository', async function () {
    const pushed = await push('deltas/stage-compressed', freshS3Remote);
    assert.ok(pushed);
    const store = await objectsOf(pushed);
    const key = `models/deltas/${delta}.npz`;
    assert.deepEqual(await check(pushed), []);
    const blocks: Uint8Array[] = [];
    for await (const block of (await store.get(key))!.body) blocks.push(block);
    await store.put(key, flip(Buffer.concat(blocks)), { metadata: { compression: 'none' } });
    assert.deepEqual((await check(pushed)).map(facts), [`delta damaged ${delta}`]);
    assert.deepEqual((await mendRemote(pushed)).failed, []);
    assert.deepEqual(await check(pushed), []);
    await store.delete([key]);
    assert.deepEqual((await check(pushed)).map(facts), [`delta missing ${delta}`]);
    assert.deepEqual((await mendRemote(pushed)).failed, []);
    assert.deepEqual(await check(pushed), []);
    await store.delete([`models/weights/${reference}.npz`]);
    const [lost, ...more] = await check(pushed);
    assert.deepEqual([lost, ...more].map((finding) => facts(finding!)), [`weight missing ${reference}`, `metadata unknown ${reference}`]);
    assert.match(lost!.message, /and 2 more names it|delta b646040bc57dce07/);
    assert.deepEqual((await mendRemote(pushed)).failed, []);
    assert.deepEqual(await check(pushed), []);
    store.close();
  });
});

describe('integrity of a file remote', function () {
  this.timeout(120_000);

  /** One of each kind; a store takes one damage of each weight. */
  const damages: readonly { what: string; damage: (folder: string, store: string) => void; finds: readonly string[]; isDeep?: boolean }[] = [
    { what: 'a bit flipped in a weight', isDeep: true, damage: (_, store) => flipBit(store, `weights/${w0}`), finds: [`weight damaged ${w0}`] },
    { what: 'the header of a weight overwritten', damage: (_, store) => eraseHeader(store, 'weights/4123a7a3cb58f483'), finds: ['weight damaged 4123a7a3cb58f483'] },
    { what: 'a weight cut short', isDeep: true, damage: (_, store) => cutChunk(store, 'weights/6d45054f4ba92dcc'), finds: ['weight damaged 6d45054f4ba92dcc'] },
    { what: 'a weight deleted', damage: (_, store) => withH5py(store, "del f['weights/c4616d561dcd80d4']"), finds: ['weight missing c4616d561dcd80d4'] },
    { what: 'a weight without its shape', damage: (_, store) => withH5py(store, "del f['weights/dc367d5502b8e6d3'].attrs['shape']"), finds: ['weight incomplete dc367d5502b8e6d3'] },
    { what: 'a weight with another shape', damage: (_, store) => withH5py(store, "f['weights/ddbeb32945cfda65'].attrs['shape'] = np.array([1])"), finds: ['weight damaged ddbeb32945cfda65'] },
    { what: 'a weight without its name', damage: (_, store) => withH5py(store, "del f['weights/f9076a3cf63336ec'].attrs['name']"), finds: ['metadata damaged f9076a3cf63336ec'] },
    { what: 'a commit changed', damage: (folder) => editJson(join(folder, `commits/${commit}.json`), (data) => { data['parent_hashes'] = ['f'.repeat(32)]; }), finds: [`commit damaged ${commit}`] },
    { what: 'a commit deleted, which a branch is at', damage: (folder) => rmSync(join(folder, `commits/${tip}.json`)), finds: [`refs missing ${tip}`] },
    { what: 'a version cut off', damage: (folder) => truncateSync(join(folder, 'versions/f8500df9294ae930.json'), 30), finds: ['version damaged f8500df9294ae930'] },
  ];

  it(`finds and names each, and mends it from the repository: ${damages.map(({ what }) => what).join('; ')}`, async () => {
    const { pushed, folder, store } = await pushToFolder('branches');
    const whole = dumpStore(store);
    assert.deepEqual(await check(pushed), []);
    for (const { damage } of damages) damage(folder, store);
    const expected = (isShallow: boolean): string[] => damages.filter(({ isDeep = false }) => !(isShallow && isDeep)).flatMap(({ finds }) => finds).sort();
    assert.deepEqual((await check(pushed)).map(facts).sort(), expected(false));
    assert.deepEqual((await check(pushed, 'shallow')).map(facts).sort(), expected(true));
    assert.deepEqual((await mendRemote(pushed)).failed, []);
    assert.deepEqual(await check(pushed), []);
    assert.deepEqual(dumpStore(store), whole);
  });

  it('deltas: one damaged, one whose reference is missing', async () => {
    const { pushed, store } = await pushToFolder('deltas/stage-compressed');
    flipBit(store, `deltas/${delta}`);
    assert.deepEqual((await check(pushed)).map(facts), [`delta damaged ${delta}`]);
    assert.deepEqual((await mendRemote(pushed)).failed, []);
    withH5py(store, `del f['weights/${reference}']`);
    assert.deepEqual((await check(pushed)).map(facts), [`weight missing ${reference}`]);
    assert.deepEqual((await mendRemote(pushed)).failed, []);
    assert.deepEqual(await check(pushed), []);
  });

  it('refs that are damaged or lead nowhere, a store that is none: found, and nothing is invented', async () => {
    const { pushed, folder, store } = await pushToFolder('branches');
    const refs = join(folder, 'refs.json');
    const whole = readFileSync(refs, 'utf8');
    truncateSync(refs, 30);
    assert.deepEqual((await check(pushed)).map(facts), ['refs damaged']);
    writeFileSync(refs, whole.replace(tip, 'f'.repeat(32)));
    assert.deepEqual((await check(pushed)).map(facts), [`refs missing ${'f'.repeat(32)}`]);
    assert.deepEqual((await mendRemote(pushed)).mended, []);
    writeFileSync(refs, whole);
    truncateSync(store, 5000);
    const bytes = readFileSync(store);
    assert.deepEqual((await check(pushed)).map(facts), ['store damaged']);
    assert.deepEqual((await mendRemote(pushed)).mended, []);
    assert.deepEqual(readFileSync(store), bytes);
  });
});

for (const [kind, fresh] of Object.entries({ 'a file remote': freshFileRemote, 'an S3 server': freshS3Remote })) {
  describe(`a damaged repository is mended from ${kind}`, function () {
    this.timeout(120_000);

    it('weights: what is there is kept aside, h5py and the hashes of the Python tool agree', async function () {
      const pushed = await push('branches', fresh);
      if (pushed === undefined) return this.skip();
      const { repository, store } = pushed;
      const whole = dumpStore(store);
      const [one, two, three, four] = Object.keys(whole);
      flipBit(store, `weights/${one!}`);
      withH5py(store, "f['weights/'+a[0]].attrs['shape'] = np.array([1])\ndel f['weights/'+a[1]].attrs['dtype']\ndel f['weights/'+a[2]]", two!, three!, four!);
      const damaged = await readFile(store);
      const result = await mendLocal(pushed);
      assert.deepEqual([result.mended.map(({ hash }) => hash).sort(), result.failed], [[one, two, three, four].sort(), []]);
      assert.deepEqual(dumpStore(store), whole);
      assert.deepEqual((await checkRepository(repository, { depth: 'deep' })).findings, []);
      // Of the one deleted there was nothing to keep.
      assert.equal(result.quarantined.length, 3);
      for (const path of result.quarantined) assert.ok(damaged.includes(await readFile(path)), `${path} holds the bytes that were in the file`);
      assert.match(await readFile(result.quarantined.find((path) => path.includes(two!))!.replace(/bin$/, 'json'), 'utf8'), /"shape": \[\s*1\s*\]/);
    });

    it('deltas, commits and versions; a store that can no longer be read is moved aside', async function () {
      const pushed = await push('branches', fresh);
      if (pushed === undefined) return this.skip();
      const { repository, store } = pushed;
      const coral = join(repository.root, '.coral');
      const whole = dumpStore(store);
      editJson(join(coral, `objects/commits/${commit}.json`), (data) => { data['parent_hashes'] = ['f'.repeat(32)]; });
      await rm(join(coral, `objects/commits/${tip}.json`));
      await truncate(join(coral, 'versions/f8500df9294ae930.json'), 10);
      await truncate(store, 5000);
      const result = await mendLocal(pushed);
      assert.deepEqual(result.failed, []);
      // The weights of commits that were damaged themselves are known only now.
      assert.deepEqual((await mendLocal(pushed)).failed, []);
      assert.deepEqual((await checkRepository(repository, { depth: 'deep' })).findings, []);
      assert.deepEqual(dumpStore(store), whole);
      assert.deepEqual(result.quarantined.map((path) => dirname(path)), Array.from({ length: 3 }, () => join(coral, 'quarantine')));
      assert.equal((await readFile(result.quarantined.find((path) => path.endsWith('.h5'))!)).byteLength, 5000);
    });

    it('a delta; and says what no remote has', async function () {
      const pushed = await push('deltas/stage-compressed', fresh);
      if (pushed === undefined) return this.skip();
      const { repository, store } = pushed;
      flipBit(store, `deltas/${delta}`);
      await writeCommit(repository.root, { message: 'of nothing', time: new Date(), weights: { lost: '0123456789abcdef' } });
      const report = await checkRepository(repository, { depth: 'deep' });
      const sources = [{ remote: 'fresh', options: pushed.options }];
      const plan = await planRepairOf(repository, report, sources);
      assert.deepEqual(plan.hopeless, ['Weight "lost" (0123456789abcdef): no remote has it.']);
      assert.deepEqual((await repair(repository, plan, sources)).failed, []);
      assert.deepEqual((await checkRepository(repository, { depth: 'deep' })).findings.map(facts), ['weight missing 0123456789abcdef']);
    });
  });

  describe(`pruning ${kind}`, function () {
    this.timeout(120_000);
    const longAgo = { graceMs: -60_000 };

    /** Pushes two weights that no commit names. */
    async function withStrays(): Promise<(Pushed & { strays: string[] }) | undefined> {
      const pushed = await push('branches', fresh);
      if (pushed === undefined) return undefined;
      const strays = [1, 2].map((seed) => noiseWeight(`stray.${seed}`, [50, 50], seed));
      await withStore(pushed.store, { mode: 'write' }, async (store) => { for (const stray of strays) await store.write(stray); });
      const weightHashes = strays.map(({ metadata }) => metadata.hash).sort();
      assert.equal((await pushed.repository.push('fresh', { ...pushed.options, weightHashes })).pushedWeights, 2);
      return { ...pushed, strays: weightHashes };
    }

    it('spares what is younger than 14 days; then deletes what nothing names, and nothing else', async function () {
      const pushed = await withStrays();
      if (pushed === undefined) return this.skip();
      const { repository, options, strays } = pushed;
      const young = await planRemotePrune(repository, 'fresh', options);
      assert.deepEqual([young.drop, young.spared, young.kept], [[], 2, 8]);
      const plan = await planRemotePrune(repository, 'fresh', { ...options, ...longAgo });
      assert.deepEqual(plan.drop.map(({ hash }) => hash).sort(), strays);
      await rejectsWith(pruneRemote(repository, { ...plan, remote: 'fresh' }, options), 'conflict', /not 14 days old/);
      const { dropped } = await pruneRemote(repository, { ...plan, remote: 'fresh' }, { ...options, ...longAgo });
      assert.equal(dropped, 2);
      const report = await checkRemote(repository, 'fresh', { ...options, depth: 'deep' });
      assert.deepEqual([report.findings, report.checked.weights], [[], 8]);
    });

    it('keeps what only this repository names: staged, or in a commit that was not pushed', async function () {
      const pushed = await withStrays();
      if (pushed === undefined) return this.skip();
      const { repository, options, strays: [one, two] } = pushed;
      await writeCommit(repository.root, { message: 'mine', time: new Date(), weights: { one: one! } });
      const staging = join(repository.root, '.coral/staging');
      await mkdir(staging, { recursive: true });
      await writeFile(join(staging, 'staged.json'), JSON.stringify({ weights: { two: two! }, deltas: {} }));
      assert.deepEqual((await planRemotePrune(repository, 'fresh', { ...options, ...longAgo })).drop, []);
    });

    it('refuses, with nothing deleted, when someone pushed since the list was made', async function () {
      const pushed = await withStrays();
      if (pushed === undefined) return this.skip();
      const { repository, options, strays: [one] } = pushed;
      const plan = { ...await planRemotePrune(repository, 'fresh', { ...options, ...longAgo }), remote: 'fresh' };
      await writeCommit(repository.root, { message: 'late', time: new Date(), weights: { one: one! } });
      assert.deepEqual((await repository.push('fresh', options)).errors, []);
      await rejectsWith(pruneRemote(repository, plan, { ...options, ...longAgo }), 'conflict', /someone has pushed to fresh since/);
      assert.deepEqual((await check(pushed)).map(facts), []);
      assert.equal((await checkRemote(repository, 'fresh', { ...options, depth: 'shallow' })).checked.weights, 10);
    });

    it('refuses where it cannot be known what others need', async function () {
      const weightsOnly = await push('clone', fresh);
      if (weightsOnly === undefined) return this.skip();
      await rejectsWith(planRemotePrune(weightsOnly.repository, 'fresh', { ...weightsOnly.options, ...longAgo }), 'missing', /nobody can tell what others need/);
      const pushed = await withStrays();
      assert.ok(pushed);
      const { repository, options } = pushed;
      await rm(join(repository.root, `.coral/objects/commits/${commit}.json`));
      // The remote still has that commit, so that nothing is unknown.
      assert.equal((await planRemotePrune(repository, 'fresh', { ...options, ...longAgo })).drop.length, 2);
      await writeFile(join(repository.root, `.coral/objects/commits/${commit}.json`), '{');
      await rejectsWith(planRemotePrune(repository, 'fresh', { ...options, ...longAgo }), 'corrupt', /cannot be known what is in use/);
    });
  });
}

describe('pruning a file remote', function () {
  this.timeout(60_000);

  it('takes the time of the last write to its weights.h5 for that of every weight; refuses damaged and absent refs', async () => {
    const { pushed, folder, store } = await pushToFolder('branches');
    withH5py(store, "f.copy('weights/3a2a83bde2cbe8ca', 'weights/00000000deadbeef')\nf['weights/00000000deadbeef'].attrs['hash'] = '00000000deadbeef'");
    const day = 24 * 60 * 60;
    const now = Date.now() / 1000;
    await utimes(store, now, now - 13 * day);
    assert.equal((await planRemotePrune(pushed.repository, 'fresh')).spared, 1);
    await utimes(store, now, now - 15 * day);
    const plan = { ...await planRemotePrune(pushed.repository, 'fresh'), remote: 'fresh' };
    assert.deepEqual(plan.drop.map(({ hash }) => hash), ['00000000deadbeef']);
    const refs = join(folder, 'refs.json');
    await copyFile(refs, `${refs}.good`);
    await truncate(refs, 20);
    await rejectsWith(pruneRemote(pushed.repository, plan), 'corrupt', /refs\.json/);
    await rm(refs);
    await rejectsWith(pruneRemote(pushed.repository, plan), 'missing', /no refs\.json/);
    await copyFile(`${refs}.good`, refs);
    await pruneRemote(pushed.repository, plan);
    assert.equal(Object.keys(dumpStore(store)).length, 8);
  });
});
