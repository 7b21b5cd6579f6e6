import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { CoralError } from '../../../src/core/base/errors';
import type { Progress } from '../../../src/core/transfer/progress';
import { coralHandlers } from '../../../src/worker/service';
import { writeRef } from '../../samples/commit';
import { unchecked } from '../../samples/unchecked';
import { copyFixture, fixturePath } from '../support/fixtures';

const handlers = coralHandlers(() => undefined);
const context = (onProgress: (progress: Progress) => void = () => undefined, signal = new AbortController().signal) => ({ onProgress, signal });
const names = async (root: string): Promise<Map<string, string>> => new Map((await handlers.weightNames({ root }, context())).map(({ name, hash }) => [name, hash]));

describe('the worker tells of weights', function () {
  this.timeout(30_000);

  it('what is known of one without any network: names, tensor, commits, and the remotes as last seen', async () => {
    const folder = await copyFixture('basic');
    const root = join(folder, 'repo');
    const [name, hash] = ['encoder.bias', (await names(root)).get('encoder.bias')!];
    const before = await handlers.describeWeight({ root, hash, name }, context());
    assert.deepEqual([before.hash, before.names, before.shape, before.dtype, before.byteLength], [hash, [name], [16], 'float32', 64]);
    assert.equal(before.isLocal, true);
    assert.deepEqual([before.compression, before.storedBytes], ['gzip', 75]);
    assert.ok(before.commits.length > 0 && before.commits.every((version) => version.hash === hash && version.name === name && version.message !== ''));
    assert.deepEqual(before.commits.flatMap(({ branches }) => branches), ['main']);
    assert.deepEqual(before.remotes, [{ name: 'origin', holds: undefined }]);
    await handlers.status({ root, remote: 'origin', ...unchecked }, context());
    assert.deepEqual((await handlers.describeWeight({ root, hash }, context())).remotes, [{ name: 'origin', holds: true }]);
  });

  it('what its name stood for one commit before, and where a remote is, by the nearest commit that lists it', async () => {
    const root = join(await copyFixture('branches'), 'repo');
    const places = async (hash: string, commit?: string): Promise<[string, boolean, readonly string[]][]> => {
      const { otherVersions } = await handlers.describeWeight({ root, hash, name: 'w0', commit }, context());
      return otherVersions.map((version) => [version.commit.slice(0, 4), version.isPrevious, version.trackedBy]);
    };
    const [old, changed] = ['3a2a83bde2cbe8ca', 'ddbeb32945cfda65'];
    assert.deepEqual(await places(changed), [['21d3', false, []], ['6ef8', true, []], ['a717', false, []]], 'nothing is known of origin');
    await writeRef(root, 'refs/remotes/origin/main', 'b86afe246efe38ce26362de15fa6b1bd'); // does not list w0
    await writeRef(root, 'refs/remotes/backup/main', '6ef8146be5c617a787a79886bce91758');
    await writeRef(root, 'refs/remotes/aws/dev', 'a71793267329d0aaf28b2efb5d0427d6'); // not the current branch
    assert.deepEqual(await places(changed), [['21d3', false, ['origin/main']], ['6ef8', true, ['backup/main']], ['a717', false, []]]);
    assert.deepEqual(await places(changed, 'ec408be61c5e9f745cd8892dd2806d75'), [['21d3', false, ['origin/main']], ['6ef8', false, ['backup/main']], ['a717', true, []]]);
    assert.deepEqual(await places(old), [['1bae', true, []], ['ec40', false, []]], 'where it is the same, a remote is nothing to compare with');
    assert.deepEqual(await places('0000000000000000'), [['21d3', true, ['origin/main']], ['1bae', false, []], ['6ef8', false, ['backup/main']], ['ec40', false, []], ['a717', false, []]]);
  });

  it('one that only a remote holds has no tensor, and cannot be read', async () => {
    const root = join(await copyFixture('ahead-behind'), 'repo');
    await handlers.status({ root, remote: 'origin', ...unchecked }, context());
    const { rows: [row] } = await handlers.weights({ root, remote: 'origin', ...unchecked, group: 'behind', offset: 0, limit: 1 } as never, context());
    const { isLocal, shape, remotes } = await handlers.describeWeight({ root, hash: row!.hash }, context());
    assert.deepEqual([isLocal, shape, remotes], [false, undefined, [{ name: 'origin', holds: true }]]);
    await assert.rejects(handlers.weightStatistics({ root, hash: row!.hash }, context()), (error) => CoralError.is(error, 'missing') && /Fetch it/.test(error.message));
    await assert.rejects(handlers.weightSlice({ root, hash: row!.hash }, context()), (error) => CoralError.is(error, 'missing'));
    await handlers.pull({ root, remote: 'origin', ...unchecked, weightHashes: [row!.hash] }, context());
    assert.equal((await handlers.weightStatistics({ root, hash: row!.hash }, context())).count, 64);
  });

  it('one that is stored as a delta is rebuilt, and what it is based on is another weight', async () => {
    const root = fixturePath('deltas/stage-compressed');
    const commit = '853fe007f96c3f7cb19beb2611861063';
    const hash = '78b708c8a7deb662';
    const [a, b] = [{ root, hash, name: 'a', commit }, { root, hash, name: 'b', commit }];
    const [full, delta] = [await handlers.describeWeight(a, context()), await handlers.describeWeight(b, context())];
    assert.deepEqual([full.delta, full.commits.map(({ name }) => name)], [undefined, ['a']]);
    assert.deepEqual(delta.delta, { hash: 'b646040bc57dce07', referenceHash: hash, type: 'compressed' });
    assert.deepEqual([full.byteLength, full.storedBytes, delta.storedBytes], [1920, 1829, 1534]);
    assert.deepEqual(delta.commits.map(({ name }) => name), ['b']);
    const { equal, count, maxAbs } = await handlers.compareWeights({ one: a, other: b }, context());
    assert.equal(count, 480);
    assert.ok(equal < count && maxAbs! > 0 && maxAbs! < 1, `${equal} equal, ${maxAbs}`);
    assert.notDeepEqual(await handlers.weightStatistics(a, context()), await handlers.weightStatistics(b, context()));
  });

  it('how far reading is; it can be cancelled', async () => {
    const root = join(await copyFixture('basic'), 'repo');
    const [[, hash] = ['', '']] = await names(root);
    const told: Progress[] = [];
    const controller = new AbortController();
    await handlers.weightStatistics({ root, hash }, context((progress) => told.push(progress), controller.signal));
    assert.deepEqual(told.map(({ phase, bytesDone, bytesTotal }) => [phase, bytesDone === bytesTotal]), [['reading', true]]);
    controller.abort();
    await assert.rejects(handlers.weightStatistics({ root, hash }, context(undefined, controller.signal)), (error) => CoralError.is(error, 'cancelled'));
  });

  it('what is no hash of a weight is missing, whatever it looks like', async () => {
    const root = join(await copyFixture('basic'), 'repo');
    for (const hash of ['0000000000000000', '../../x', '']) {
      assert.equal((await handlers.describeWeight({ root, hash }, context())).isLocal, false);
      await assert.rejects(handlers.weightStatistics({ root, hash }, context()), (error) => CoralError.is(error, 'missing'));
    }
  });

  it('a repository without weights.h5 has no names to offer but those of commits', async () => {
    const root = join(await copyFixture('basic'), 'repo');
    await rm(join(root, '.coral/objects/weights.h5'));
    const [[name, hash] = ['', '']] = await names(root);
    assert.equal((await handlers.describeWeight({ root, hash, name }, context())).isLocal, false);
    assert.ok(!(await readdir(join(root, '.coral/objects'))).includes('weights.h5'), 'looking creates nothing');
  });
});

describe('the worker sums up a remote', function () {
  this.timeout(30_000);

  it('by dtype, telling how far it is', async () => {
    const root = join(await copyFixture('ahead-behind'), 'repo');
    const told: Progress[] = [];
    const contents = await handlers.remoteContents({ root, remote: 'origin', ...unchecked }, context((progress) => told.push(progress)));
    assert.deepEqual(contents, { weights: 4, rawBytes: 1024, unreadable: 0, types: [{ dtype: 'float32', weights: 4, rawBytes: 1024, storedBytes: undefined }] });
    assert.deepEqual(told.map(({ weightsDone, weightsTotal }) => [weightsDone, weightsTotal]), [[1, 4], [2, 4], [3, 4], [4, 4]]);
  });

  it('until it is cancelled', async () => {
    const root = join(await copyFixture('ahead-behind'), 'repo');
    const controller = new AbortController();
    const counting = handlers.remoteContents({ root, remote: 'origin', ...unchecked }, context(() => controller.abort(), controller.signal));
    await assert.rejects(counting, (error) => CoralError.is(error, 'cancelled'));
  });
});
