import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkRemote } from '../../../src/core/repository/integrity/checkRemote';
import { checkRepository } from '../../../src/core/repository/integrity/checkRepository';
import { planLocalPrune } from '../../../src/core/repository/integrity/pruneLocal';
import { planRepairOf, repair } from '../../../src/core/repository/integrity/repair';
import { Repository } from '../../../src/core/repository/repository';
import { fakeKeys, startFakeS3 } from '../../samples/fakeS3';
import { freshFileRemote } from '../../samples/remotes';
import { copyRepository, freshFolder } from '../../samples/repositories';
import { assertTrainingTravels, first, second } from '../../samples/trainingTravels';

interface Pair {
  readonly here: Repository;
  readonly other: Repository;
  /** path below `.coral` of one of the two */
  readonly at: (repository: Repository, path: string) => string;
  /** the folder of the remote */
  readonly folder: string;
}

/** The fixture "checkpoint" on a file remote, and two who work with it. */
async function pair(): Promise<Pair> {
  const [here, { url }] = [await copyRepository('checkpoint/repo'), await freshFileRemote()];
  await here.addRemote('origin', url);
  assert.deepEqual((await here.push('origin')).errors, []);
  const { repository: other } = await Repository.clone(url, await freshFolder());
  return { here, other, at: ({ root }, path) => join(root, '.coral', path), folder: fileURLToPath(url) };
}

const changed = (text: string): string => text.replace('"learning_rate": 0.1', '"learning_rate": 0.2');

describe('training states and checkpoint lists', () => {
  it('go to a file remote and come back as they are, and lie where Python can open the repository', async () => {
    await assertTrainingTravels(await freshFileRemote());
  });

  it('keep a status from saying "in sync" as long as one of them is on one side alone', async () => {
    const { here, at, folder } = await pair();
    for (const path of [`states/${first}.json`, 'checkpoints/exp.json']) {
      await rm(join(folder, path));
      assert.equal((await here.getSyncStatus('origin')).isSynced, false, path);
      assert.deepEqual((await here.push('origin')).errors, []);
      assert.equal((await here.getSyncStatus('origin')).isSynced, true, path);
    }
    await rm(at(here, `objects/commits/${first}_state.json`));
    assert.deepEqual((await here.getSyncStatus('origin')).kinds.states.behind, [first]);
    assert.equal((await here.pull('origin')).pulledStates, 1);
    assert.deepEqual(await readdir(at(here, 'states')), [`${first}.json`]);
  });

  it('a state that is not the same on both sides is a conflict, both are kept, and force puts the one beside the other', async () => {
    const { here, other, at, folder } = await pair();
    const path = at(other, `states/${first}.json`);
    await writeFile(path, changed(await readFile(path, 'utf8')));
    const { kinds, isSynced } = await other.getSyncStatus('origin');
    assert.deepEqual([kinds.states.conflicts, isSynced], [[first], false]);
    const { errors, pushedStates } = await other.sync('origin');
    assert.equal(pushedStates, 0);
    assert.deepEqual(errors.map(({ reason, message }) => [reason, message]), [
      ['conflict', `Training state ${first} is not the same in origin. Nothing was overwritten; force replaces it.`],
      ['conflict', `Training state ${first} is not the same in this repository. Nothing was overwritten; force replaces it.`],
    ]);
    assert.notEqual(await readFile(path, 'utf8'), await readFile(join(folder, `states/${first}.json`), 'utf8'));
    assert.equal((await other.push('origin', { force: true })).pushedStates, 1);
    const pythons = await readFile(at(here, `objects/commits/${first}_state.json`), 'utf8');
    assert.equal((await here.pull('origin', { force: true })).pulledStates, 1);
    assert.equal(await readFile(at(here, `states/${first}.json`), 'utf8'), changed(pythons));
    assert.equal(await readFile(at(here, `objects/commits/${first}_state.json`), 'utf8'), pythons);
    assert.equal((await here.getSyncStatus('origin')).isSynced, true);
  });

  it('lists that both sides went on with become one on both', async () => {
    const { here, other, at } = await pair();
    const path = 'checkpoints/exp.json';
    const append = async (repository: Repository, entry: object): Promise<void> => {
      const list = JSON.parse(await readFile(at(repository, path), 'utf8')) as { checkpoints: object[] };
      await writeFile(at(repository, path), JSON.stringify({ ...list, checkpoints: [...list.checkpoints, entry] }, null, 2));
    };
    await append(here, { commit_hash: null, epoch: 3, timestamp: '2026-11-23T10:00:00.5', metrics: {} });
    await append(other, { commit_hash: null, epoch: 3, timestamp: '2026-11-23T11:00:00', metrics: {} });
    assert.deepEqual((await here.push('origin')).pushedCheckpoints, 1);
    const { kinds } = await other.getSyncStatus('origin');
    assert.deepEqual([kinds.checkpoints.ahead, kinds.checkpoints.behind, kinds.checkpoints.conflicts], [['exp'], ['exp'], []]);
    const { pushedCheckpoints, pulledCheckpoints, errors } = await other.sync('origin');
    assert.deepEqual([pushedCheckpoints, pulledCheckpoints, errors], [1, 1, []]);
    assert.equal((await here.pull('origin')).pulledCheckpoints, 1);
    const [ours, theirs] = await Promise.all([here, other].map((repository) => readFile(at(repository, path), 'utf8')));
    assert.equal(ours, theirs);
    const { checkpoints } = JSON.parse(String(ours)) as { checkpoints: { timestamp: string }[] };
    assert.deepEqual(checkpoints.map(({ timestamp }) => timestamp.slice(8, 13)), ['22T13', '22T13', '23T10', '23T11']);
    for (const repository of [here, other]) assert.equal((await repository.getSyncStatus('origin')).isSynced, true);
  });

  it('a state whose commit nobody has stays, and is told; one whose commit stays behind waits, and so does the list', async () => {
    const { here, at } = await pair();
    const stranger = 'f'.repeat(32);
    await cp(at(here, `objects/commits/${first}_state.json`), at(here, `objects/commits/${stranger}_state.json`));
    const { errors, pushedStates } = await here.push('origin');
    assert.equal(pushedStates, 0);
    assert.match(String(errors[0]?.message), new RegExp(`^Training state ${stranger} names commit ${stranger}, which neither side has\\. It was not pushed\\.`));
    assert.equal((await here.getSyncStatus('origin')).isSynced, false);
    await rm(at(here, `objects/commits/${stranger}_state.json`));

    const { url } = await freshFileRemote();
    await here.addRemote('part', url);
    const part = await here.push('part', { upTo: first });
    assert.deepEqual([part.pushedCommits, part.pushedStates, part.pushedCheckpoints, part.errors], [1, 1, 0, []]);
    const rest = await here.push('part');
    assert.deepEqual([rest.pushedCommits, rest.pushedStates, rest.pushedCheckpoints, rest.errors], [1, 1, 1, []]);
    assert.equal(second.length, 32);
  });

  it('a list whose name other systems refuse stays where it is, and that is said', async () => {
    const { here, at, folder } = await pair();
    await cp(at(here, 'checkpoints/exp.json'), at(here, 'checkpoints/lr=1?.json'));
    const { errors } = await here.push('origin');
    assert.match(String(errors[0]?.message), /lr=1\?\.json stays where it is: .* must not contain any of/);
    assert.deepEqual(await readdir(join(folder, 'checkpoints')), ['exp.json']);
    assert.equal((await here.getSyncStatus('origin')).isSynced, false);
  });

  it('what was added to a list after both sides were looked at is not lost', async () => {
    const server = await startFakeS3();
    try {
      const here = await copyRepository('checkpoint/repo');
      await here.addRemote('bucket', { url: 's3://bucket/p/', endpointUrl: server.endpoint });
      const list = (...times: readonly string[]): Buffer => Buffer.from(JSON.stringify(
        { checkpoints: times.map((timestamp) => ({ commit_hash: null, timestamp })) }));
      server.objects.set('p/checkpoints/exp.json', list('2026-11-23T10'));
      server.intercept = ({ kind, key }) => {
        if (kind === 'PUT' && key.startsWith('p/states/')) server.objects.set('p/checkpoints/exp.json', list('2026-11-23T10', '2026-11-23T11'));
        return false;
      };
      const { pushedStates, pushedCheckpoints, errors } = await here.push('bucket', { credentials: fakeKeys });
      assert.deepEqual([pushedStates, pushedCheckpoints, errors], [2, 1, []]);
      const { checkpoints } = JSON.parse(String(server.objects.get('p/checkpoints/exp.json'))) as { checkpoints: { timestamp: string }[] };
      assert.deepEqual(checkpoints.map(({ timestamp }) => timestamp.slice(5, 13)), ['11-22T13', '11-22T13', '11-23T10', '11-23T11']);
    } finally {
      await server.close();
    }
  });

  it('that are damaged are found by a check, and brought again by a repair, from the remote or to it', async () => {
    const { here, at, folder } = await pair();
    const [state, list] = [`states/${first}.json`, 'checkpoints/exp.json'];
    const sound = await readFile(join(folder, list));
    const pythons = `objects/commits/${first}_state.json`;
    for (const path of [at(here, pythons), at(here, list)]) await writeFile(path, '{');
    const sources = [{ remote: 'origin', options: {} }];
    const local = await checkRepository(here, { depth: 'shallow' });
    assert.deepEqual(local.findings.map(({ subject, fault, hash }) => [subject, fault, hash]), [
      ['training state', 'damaged', first], ['checkpoint list', 'damaged', 'exp'],
    ]);
    await assert.doesNotReject(planLocalPrune(here), 'neither names weights, so that what is in use is known');
    const { mended, failed, quarantined } = await repair(here, await planRepairOf(here, local, sources), sources);
    // What Python wrote among the commits stays there: nothing takes its place.
    assert.deepEqual([mended.length, failed, quarantined.length], [2, [], 1]);
    assert.deepEqual(await readFile(at(here, list)), sound);
    assert.deepEqual((await here.getSyncStatus('origin')).isSynced, true);

    await writeFile(join(folder, state), '[]');
    const there = await checkRemote(here, 'origin', { depth: 'shallow' });
    assert.deepEqual(there.findings.map(({ subject, hash }) => [subject, hash]), [['training state', first]]);
    assert.deepEqual((await repair(here, await planRepairOf(here, there, sources), sources)).failed, []);
    assert.deepEqual((await here.getSyncStatus('origin')).isSynced, true);
  });

  it('of a bucket with names that lead elsewhere nothing arrives but what can be one', async () => {
    const server = await startFakeS3();
    try {
      const list = await readFile('test/fixtures/checkpoint/repo/.coral/checkpoints/exp.json');
      for (const name of ['../x', '../../x', 'a/../../../x', 'a/b', 'a\\b', '.x', 'con', 'x'.repeat(240)]) server.objects.set(`p/checkpoints/${name}.json`, list);
      for (const name of ['../x', `${'f'.repeat(32)}/../x`, 'F'.repeat(32), 'f'.repeat(32)]) server.objects.set(`p/states/${name}.json`, Buffer.from('{"epoch": 1, "global_step": 1}'));
      server.objects.set('p/checkpoints/exp.json', list);
      const here = await Repository.init(await freshFolder());
      await here.addRemote('bucket', { url: 's3://bucket/p/', endpointUrl: server.endpoint });
      const { pulledStates, pulledCheckpoints } = await here.pull('bucket', { credentials: fakeKeys });
      assert.deepEqual([pulledStates, pulledCheckpoints], [0, 1]);
      assert.deepEqual(await readdir(join(here.root, '.coral/checkpoints')), ['exp.json']);
      assert.deepEqual((await readdir(dirname(here.root))).filter((name) => name.startsWith('x')), []);
    } finally {
      await server.close();
    }
  });
});
