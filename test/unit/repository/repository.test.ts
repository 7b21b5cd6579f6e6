import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CoralError, type Reason } from '../../../src/core/base/errors';
import { Repository } from '../../../src/core/repository/repository';
import type { Progress } from '../../../src/core/transfer/progress';
import { copyFixture, fileUrl, fixturePath, missingFolder, temporaryFolder } from '../support/fixtures';
import { sampleWeights } from '../support/memoryStore';

const is = (reason: Reason) => (error: unknown): boolean => CoralError.is(error, reason);

/** Every file and folder below a folder, with the bytes of the files. */
function contentOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return [relative(folder, path), entry.isFile() ? `${statSync(path).mtimeMs} ${readFileSync(path).toString('base64')}` : 'folder'] as const;
  });
  return Object.fromEntries(entries.sort());
}

async function emptyRepository(): Promise<Repository> {
  return Repository.init(join(await temporaryFolder(), 'repo'));
}

/** The repository of a fixture, with a new, empty file remote "fresh". */
async function withFreshRemote(fixture: string): Promise<{ repository: Repository; remote: string }> {
  const repository = await Repository.open(join(await copyFixture(fixture), 'repo'));
  const remote = await missingFolder();
  await repository.addRemote('fresh', fileUrl(remote));
  return { repository, remote };
}

describe('Repository', function () {
  // Each store loads its own HDF5, which takes a while on a busy machine.
  this.timeout(30_000);

  it('is found from a folder inside it', async () => {
    const folder = await copyFixture('basic');
    const inside = join(folder, 'repo', 'a', 'b');
    mkdirSync(inside, { recursive: true });
    assert.equal((await Repository.find(inside))?.root, join(folder, 'repo'));
    assert.equal((await Repository.find(join(folder, 'repo')))?.root, join(folder, 'repo'));
    assert.equal(await Repository.find(await temporaryFolder()), undefined);
    await assert.rejects(Repository.open(folder), is('missing'));
  });

  it('init lays out what coral init does', async () => {
    const { root } = await emptyRepository();
    const upstream = contentOf(fixturePath('empty', 'repo', '.coral'));
    const ours = contentOf(join(root, '.coral'));
    // Git keeps no empty folders, so the fixture lacks two.
    assert.deepEqual(Object.keys(ours), [...Object.keys(upstream), join('objects', 'commits'), 'staging'].sort());
    for (const name of ['HEAD', 'config.json', join('refs', 'heads', 'main'), join('objects', 'weights.h5')]) {
      assert.equal(ours[name]?.split(' ')[1], upstream[name]?.split(' ')[1], name);
    }
    assert.ok(readFileSync(fixturePath('empty', 'repo', '.coral', 'coral.toml'), 'utf8').startsWith(readFileSync(join(root, '.coral', 'coral.toml'), 'utf8').split('\n\n')[0]!));
    await assert.rejects(Repository.init(root), is('conflict'));
  });

  it('changes nothing by reading', async () => {
    const folder = await copyFixture('ahead-behind');
    const repository = await Repository.open(join(folder, 'repo'));
    const before = contentOf(folder);
    await repository.state();
    await repository.getSyncStatus('origin');
    await repository.readWeight('c0', '3b2cead2e531e055b9b8c3edf7b819d5');
    assert.deepEqual(contentOf(folder), before);
  });

  it('makes no folder for a remote by asking for its status', async () => {
    const { repository, remote } = await withFreshRemote('basic');
    const status = await repository.getSyncStatus('fresh');
    assert.deepEqual([status.needsPush, status.totalRemote], [4, 0]);
    assert.equal(existsSync(remote), false);
  });

  it('reads a weight by its name', async () => {
    const repository = await Repository.open(join(await copyFixture('basic'), 'repo'));
    const [first, second] = [await repository.readWeight('head.weight', '6e61e928b019b540f3030f1891896f2a'), await repository.readWeight('head.weight', 'main')];
    assert.deepEqual([first.metadata.hash, second.metadata.hash], ['a4c2120e2efb74e4', 'd317d6321f9320bf']);
    for (const weight of [first, second]) {
      let bytes = 0;
      for await (const block of weight.blocks()) bytes += block.byteLength;
      assert.equal(bytes, 256);
    }
    await assert.rejects(repository.readWeight('nobody'), is('missing'));
  });

  it('sends the deltas and the history that a push by the Python tool left behind', async () => {
    const repository = await Repository.open(join(await copyFixture('deltas/pushed'), 'repo'));
    const { kinds, isSynced } = await repository.getSyncStatus('origin');
    assert.deepEqual([kinds.deltas.ahead.length, kinds.commits.ahead.length, kinds.branches.ahead, isSynced], [1, 1, ['main'], false]);
    const { pushedWeights, pushedDeltas, pushedCommits, errors } = await repository.push('origin');
    assert.deepEqual([pushedWeights, pushedDeltas, pushedCommits, errors], [0, 1, 1, []]);
    assert.equal((await repository.getSyncStatus('origin')).isSynced, true);
  });

  it('reads the old form of staged.json, and tells of a damaged one', async () => {
    const { root } = await emptyRepository();
    const repository = await Repository.open(root);
    const path = join(root, '.coral', 'staging', 'staged.json');
    writeFileSync(path, '{"a": "b5adf40b90970f42"}');
    assert.deepEqual(await repository.staged(), { weights: { a: 'b5adf40b90970f42' }, deltas: {} });
    for (const text of ['', '[]', '{"weights": {"a": 7}}', '{"a": "../x"}']) {
      writeFileSync(path, text);
      assert.deepEqual([await repository.staged(), (await repository.problems()).map(({ reason }) => reason)], [{ weights: {}, deltas: {} }, ['corrupt']], text);
    }
  });

  it('reads nested branches, and tells of damaged ones and a strange HEAD', async () => {
    const repository = await Repository.open(join(await copyFixture('basic'), 'repo'));
    const heads = join(repository.root, '.coral', 'refs', 'heads');
    mkdirSync(join(heads, 'team'));
    writeFileSync(join(heads, 'team', 'trial'), '{"name": "team/trial", "commit_hash": "6e61e928b019b540f3030f1891896f2a", "parent_branch": null}');
    writeFileSync(join(heads, 'empty'), '');
    writeFileSync(join(heads, 'gone'), '{"name": "gone", "commit_hash": "00000000000000000000000000000000"}');
    writeFileSync(join(repository.root, '.coral', 'HEAD'), 'ref: refs/heads/../../x');
    assert.deepEqual(Object.keys(await repository.branches()), ['gone', 'main', 'team/trial']);
    assert.deepEqual(await repository.head(), {});
    assert.deepEqual((await repository.problems()).map(({ reason, message }) => [reason, /heads.empty|HEAD|gone is at commit/.exec(message)?.[0].replace('\\', '/')]),
      [['corrupt', 'heads/empty'], ['corrupt', 'HEAD'], ['missing', 'gone is at commit']]);
  });

  it('survives hostile commits', async () => {
    const repository = await Repository.open(join(await copyFixture('basic'), 'repo'));
    const folder = join(repository.root, '.coral', 'objects', 'commits');
    const hashes = ['0', '1', '2', '3', '4'].map((digit) => digit.repeat(32));
    for (const [index, content] of [
      '{"commit_hash": "ffffffffffffffffffffffffffffffff"}', `{"commit_hash": "${hashes[1]}", "weight_hashes": {"a": "../../etc"}}`,
      `{"commit_hash": "${hashes[2]}", "parent_hashes": "x"}`, `{"commit_hash": "${hashes[3]}", "weight_hashes": {"__proto__": "b5adf40b90970f42"}}`,
      `{"commit_hash": "${hashes[4]}", "parent_hashes": ["${hashes[4]}"]}`,
    ].entries()) writeFileSync(join(folder, `${hashes[index]}.json`), content);
    const { commits, problems } = await repository.state();
    assert.deepEqual([commits.size, problems.map(({ reason }) => reason)], [4, ['corrupt', 'corrupt', 'corrupt']]);
    assert.ok((await repository.names()).get('b5adf40b90970f42')?.includes('__proto__'));
    assert.equal((await repository.log(hashes[4])).length, 1);
  });

  it('stores the URL of a bucket with a slash at the end of its prefix', async () => {
    const repository = await emptyRepository();
    const urls = [];
    for (const [index, url] of ['s3://b', 's3://b/', 's3://b/models', 's3://b/a/b/', 'minio://h:9000/b/p', 'file:///mnt/x'].entries()) {
      urls.push((await repository.addRemote(`r${index}`, url)).url);
    }
    assert.deepEqual(urls, ['s3://b', 's3://b/', 's3://b/models/', 's3://b/a/b/', 's3://b/p/', 'file:///mnt/x']);
    const config = await repository.addRemote('full', { url: 'minio://h:9000/b/p', region: 'x', endpointUrl: 'https://other' });
    assert.deepEqual([config.region, config.endpointUrl], ['x', 'https://other']);
    assert.deepEqual(Object.keys(await repository.listRemotes()), ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'full']);
    await repository.renameRemote('r0', 'first');
    assert.equal(await repository.removeRemote('r1'), true);
    assert.deepEqual(Object.keys(await repository.listRemotes()), ['first', 'r2', 'r3', 'r4', 'r5', 'full']);
    await assert.rejects(repository.push('r0'), is('missing'));
  });

  it('names the remotes there are to who asks for another', async () => {
    const repository = await emptyRepository();
    const says = (message: string) => (error: unknown): boolean => CoralError.is(error, 'missing') && error.message === message;
    await assert.rejects(repository.pull('orgin'), says('There is no remote "orgin" in this repository. It has none yet: add one first.'));
    for (const name of ['origin', 'backup']) await repository.addRemote(name, 's3://b');
    const known = 'There is no remote "orgin" in this repository. It has origin, backup.';
    await assert.rejects(repository.pull('orgin'), says(known));
    await assert.rejects(repository.renameRemote('orgin', 'other'), says(known));
    await assert.rejects(repository.editRemote('orgin', { region: 'x' }), says(known));
    for (let index = 0; index < 20; index += 1) await repository.addRemote(`r${index}`, 's3://b');
    await assert.rejects(repository.pull('orgin'), says(known.replace(/backup\.$/, 'backup, r0, r1, r2, r3, r4, r5, r6, r7 and 12 more.')));
  });

  it('tells of a remote whose folder is a file, or lies below one, and leaves the file alone', async () => {
    const { repository, remote } = await withFreshRemote('ahead-behind');
    await repository.removeRemote('fresh');
    const file = `${remote}.pt`;
    writeFileSync(file, 'precious');
    for (const folder of [file, join(file, 'models', 'x')]) {
      await repository.addRemote('fresh', fileUrl(folder));
      const isTold = (error: unknown): boolean => CoralError.is(error, 'invalid') && error.path === file
        && error.message === `${file} is a file, not a folder. Choose another folder for this remote.`;
      await assert.rejects(repository.getSyncStatus('fresh'), isTold);
      for (const way of ['push', 'pull', 'sync', 'preview', 'fetch'] as const) await assert.rejects(repository[way]('fresh'), isTold, way);
      await assert.rejects(Repository.clone(fileUrl(folder), `${remote}-clone`), isTold);
      await repository.removeRemote('fresh');
    }
    assert.equal(readFileSync(file, 'utf8'), 'precious');
  });

  it('pushes, pulls and is then in sync', async () => {
    const { repository, remote } = await withFreshRemote('ahead-behind');
    const told: Progress[] = [];
    const pushed = await repository.push('fresh', { onProgress: (progress) => told.push(progress) });
    assert.deepEqual([pushed.pushedWeights, pushed.bytesTransferred, pushed.errors], [5, 5 * 256, []]);
    assert.equal(told[0]?.phase, 'listing');
    assert.deepEqual([told.at(-1)?.phase, told.at(-1)?.weightsDone, told.at(-1)?.bytesTotal], ['pushing', 5, 1280]);
    assert.equal((await repository.getSyncStatus('fresh')).isSynced, true);
    assert.equal((await repository.push('fresh')).pushedWeights, 0);

    const other = await emptyRepository();
    await other.addRemote('origin', fileUrl(remote));
    const pulled = await other.pull('origin');
    assert.deepEqual([pulled.pulledWeights, pulled.errors], [5, []]);
    assert.equal((await other.getSyncStatus('origin')).isSynced, true);
  });

  it('syncs both ways', async () => {
    const repository = await Repository.open(join(await copyFixture('ahead-behind'), 'repo'));
    const result = await repository.sync('origin');
    assert.deepEqual([result.pushedWeights, result.pulledWeights, result.errors], [3, 2, []]);
    assert.equal((await repository.getSyncStatus('origin')).isSynced, true);
  });

  it('moves only the chosen weights, and names those that it cannot', async () => {
    const { repository } = await withFreshRemote('basic');
    const result = await repository.push('fresh', { weightHashes: ['b5adf40b90970f42', 'ffffffffffffffff'] });
    assert.deepEqual([result.pushedWeights, result.errors.map(({ reason, hash, remote }) => [reason, hash, remote])],
      [1, [['missing', 'ffffffffffffffff', 'fresh']]]);
  });

  it('never pushes a damaged weight, and names it', async () => {
    const repository = await emptyRepository();
    writeFileSync(join(repository.root, '.coral', 'objects', 'weights.h5'), readFileSync(fixturePath('corrupt', 'flipped-byte-gzip.h5')));
    await repository.addRemote('fresh', fileUrl(await missingFolder()));
    const result = await repository.push('fresh');
    assert.deepEqual([result.pushedWeights, result.errors.map(({ reason, hash, remote }) => [reason, hash, remote])],
      [3, [['corrupt', '34f275a6f9f99cf1', 'fresh']]]);
    assert.deepEqual((await repository.getSyncStatus('fresh')).ahead, ['34f275a6f9f99cf1']);
  });

  it('force repairs a damaged weight on the remote', async () => {
    const { repository, remote } = await withFreshRemote('basic');
    mkdirSync(remote);
    await repository.push('fresh');
    const path = join(remote, 'weights.h5');
    const bytes = readFileSync(path);
    const store = await repository.localStore();
    const weight = await store.read('f2f3855175ce204e');
    const blocks = [];
    for await (const block of weight!.blocks()) blocks.push(Buffer.from(block));
    await store.close();
    const at = bytes.indexOf(Buffer.concat(blocks).subarray(0, 16));
    if (at === -1) throw new Error('this weight is not stored plainly; choose another');
    bytes[at]! ^= 1;
    writeFileSync(path, bytes);
    const other = await emptyRepository();
    await other.addRemote('origin', fileUrl(remote));
    assert.deepEqual((await other.pull('origin')).errors.map(({ reason, hash }) => [reason, hash]), 
      [['corrupt', 'f2f3855175ce204e'], ['missing', undefined], ['missing', undefined]]);
    assert.deepEqual(await other.log(), []);
    assert.equal((await repository.push('fresh', { force: true })).pushedWeights, 4);
    const pulled = await other.pull('origin');
    assert.deepEqual([pulled.pulledWeights, pulled.pulledCommits, pulled.errors, (await other.log()).length], [1, 2, [], 2]);
  });

  it('ends a cancelled push with what arrived', async () => {
    const { repository } = await withFreshRemote('empty');
    const store = await repository.localStore('write');
    for (const weight of sampleWeights(8)) await store.write(weight);
    await store.close();
    const abort = new AbortController();
    abort.abort();
    const result = await repository.push('fresh', { signal: abort.signal });
    assert.deepEqual([result.pushedWeights, result.errors.map(({ reason, remote }) => [reason, remote])], [0, [['cancelled', 'fresh']]]);
    assert.equal((await repository.push('fresh')).pushedWeights, 8);
  });

  it('says what is wrong with a remote that is no store', async () => {
    const { repository, remote } = await withFreshRemote('basic');
    mkdirSync(remote);
    writeFileSync(join(remote, 'weights.h5'), 'this is no HDF5 file');
    for (const work of [() => repository.push('fresh'), () => repository.pull('fresh'), () => repository.getSyncStatus('fresh')]) {
      await assert.rejects(work, (error: unknown) => CoralError.is(error, 'corrupt') && error.remote === 'fresh');
    }
    assert.equal(readFileSync(join(remote, 'weights.h5'), 'utf8'), 'this is no HDF5 file');
  });

  it('warns of a weight without dimensions', async () => {
    const { repository } = await withFreshRemote('empty');
    writeFileSync(join(repository.root, '.coral', 'objects', 'weights.h5'), readFileSync(fixturePath('dtypes', 'weights-uncompressed.h5')));
    const result = await repository.push('fresh');
    assert.deepEqual(result.errors, []);
    assert.match(result.warnings.join(), /weights without dimensions/);
  });
});
