import { afterEach, beforeEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoralError } from '../../../src/core/base/errors';
import type { SyncResult } from '../../../src/core/transfer/syncResult';
import type { Repository } from '../../../src/core/repository/repository';
import { writeTag } from '../../samples/commit';
import { fakeKeys, type FakeS3, md5, startFakeS3 } from '../../samples/fakeS3';
import { copyRepository } from '../../samples/repositories';

type Lie = 'loses' | 'changes';

/** Another text of the same length. */
function changed(body: Buffer): Buffer {
  const bytes = Buffer.from(body);
  bytes[bytes.length >> 1] = bytes[bytes.length >> 1] === 0x61 ? 0x62 : 0x61;
  return bytes;
}

describe('what a push counts is there', function () {
  this.timeout(60_000);
  let server: FakeS3;
  let repository: Repository;
  let tip: string;

  beforeEach(async () => {
    server = await startFakeS3();
    repository = await copyRepository('deltas/stage-xor_float32');
    tip = String((await repository.branches())['main']);
    await writeTag(repository.root, 'v1', tip);
    await repository.addRemote('bucket', { url: 's3://bucket/p/', endpointUrl: server.endpoint });
  });
  afterEach(() => server.close());

  const push = (): Promise<SyncResult> => repository.push('bucket', { credentials: fakeKeys, tries: 2 });
  const isVictim = (key: string, part: string): boolean => key.startsWith(`p/${part}`) && !key.includes('probe');
  /** Acknowledges what it does not keep, so many times. */
  const lie = (part: string, how: Lie, times: number): void => {
    let left = times;
    server.intercept = ({ kind, key, body, response }) => {
      if (kind !== 'PUT' || !isVictim(key, part) || left <= 0) return false;
      left -= 1;
      if (how === 'changes') server.objects.set(key, changed(body));
      response.writeHead(200, { etag: `"${md5(body)}"` }).end();
      return true;
    };
  };
  const refsThere = (): Record<string, string> => {
    const text = server.objects.get('p/refs.json')?.toString();
    return text === undefined ? {} : (JSON.parse(text) as { refs: Record<string, string> }).refs;
  };
  const assertWhole = async (): Promise<void> => {
    for (const [folder, local] of [['commits', 'objects/commits'], ['versions', 'versions']] as const) {
      for (const [key, bytes] of server.objects) {
        if (key.startsWith(`p/${folder}/`)) assert.equal(bytes.toString(), await readFile(join(repository.root, '.coral', local, key.slice(`p/${folder}/`.length)), 'utf8'));
      }
    }
    assert.deepEqual(refsThere(), { main: tip });
    const { isSynced, problems } = await repository.getSyncStatus('bucket', { credentials: fakeKeys });
    assert.deepEqual([isSynced, problems], [true, []]);
  };

  it('counts each kind that moved, and nothing when nothing did', async () => {
    const { pushedWeights, pushedDeltas, pushedCommits, pushedVersions, pushedBranches, errors } = await push();
    assert.deepEqual([pushedWeights, pushedDeltas, pushedCommits, pushedVersions, pushedBranches, errors], [2, 1, 1, 1, 1, []]);
    await assertWhole();
    assert.deepEqual(Object.values((await push()).toJSON()).filter((value) => typeof value === 'number' && value > 0), []);
  });

  for (const part of ['deltas/', 'commits/', 'versions/']) {
    for (const how of ['loses', 'changes'] as const) {
      it(`sends again what a server ${how} of ${part} after saying yes`, async () => {
        lie(part, how, 1);
        const { pushedDeltas, pushedCommits, pushedVersions, pushedBranches, errors } = await push();
        assert.deepEqual([pushedDeltas, pushedCommits, pushedVersions, pushedBranches, errors], [1, 1, 1, 1, []]);
        await assertWhole();
      });

      it(`names what a server ${how} of ${part} each time, and counts and follows nothing that needs it`, async () => {
        lie(part, how, Infinity);
        const { pushedDeltas, pushedCommits, pushedVersions, pushedBranches, errors } = await push();
        assert.ok(errors.length > 0);
        assert.match(String(errors[0]?.message), new RegExp(`bucket does not hold ${part.slice(0, -2)} [0-9a-f]+ as it was sent, though it confirmed it\\. Push again`));
        assert.ok(CoralError.is(errors[0], 'corrupt'));
        const gone = ['deltas/', 'commits/', 'versions/'].indexOf(part);
        assert.deepEqual([pushedDeltas, pushedCommits, pushedVersions], [0, 1, 2].map((kind) => (kind < gone ? 1 : 0)));
        assert.deepEqual([pushedBranches, refsThere()], part === 'versions/' ? [1, { main: tip }] : [0, {}]);
        server.intercept = () => false;
        const again = await repository.push('bucket', { credentials: fakeKeys, force: part === 'versions/' });
        assert.deepEqual(again.errors, []);
        await assertWhole();
      });
    }
  }

  for (const [part, noun, counted] of [['states/', 'training state', 'pushedStates'], ['checkpoints/', 'checkpoint list', 'pushedCheckpoints']] as const) {
    for (const how of ['loses', 'changes'] as const) {
      it(`sends again what a server ${how} of ${part} after saying yes, and names it where that does not help`, async () => {
        const training = 'test/fixtures/checkpoint/repo/.coral';
        const coral = join(repository.root, '.coral');
        await mkdir(join(coral, 'checkpoints'));
        await copyFile(`${training}/checkpoints/exp.json`, join(coral, 'checkpoints/exp.json'));
        await copyFile(`${training}/objects/commits/14d6e0a68b3b92136657f43ef6c2aca3_state.json`, join(coral, `objects/commits/${tip}_state.json`));
        lie(part, how, Infinity);
        const failed = await push();
        assert.equal(failed[counted], 0);
        assert.match(String(failed.errors[0]?.message), new RegExp(`^bucket does not hold ${noun} \\w+ as it was sent, though it confirmed it\\. Push again`));
        server.objects.clear();
        lie(part, how, 1);
        const { [counted]: count, errors } = await push();
        assert.deepEqual([count, errors], [1, []]);
        assert.equal((await repository.getSyncStatus('bucket', { credentials: fakeKeys })).isSynced, true);
      });
    }
  }

  for (const how of ['loses', 'changes'] as const) {
    it(`says so when a server ${how} refs.json after saying yes`, async () => {
      lie('refs.json', how, Infinity);
      const { pushedBranches, errors } = await push();
      assert.deepEqual([pushedBranches, errors.map(({ reason }) => reason)], [0, ['corrupt']]);
      server.intercept = () => false;
      if (how === 'changes') server.objects.delete('p/refs.json');
      assert.deepEqual((await push()).errors, []);
      await assertWhole();
    });
  }

  it('does not take another one\'s later push for a loss', async () => {
    await push();
    const other = await copyRepository('branches/repo');
    await other.addRemote('bucket', { url: 's3://bucket/p/', endpointUrl: server.endpoint });
    await other.push('bucket', { credentials: fakeKeys });
    const theirs = [...server.objects.keys()].filter((key) => key.startsWith('p/commits/')).map((key) => key.slice('p/commits/'.length, -'.json'.length)).find((hash) => hash !== tip);
    server.objects.delete('p/refs.json');
    // As soon as this push has set its branch, somebody moves it on to a commit that is there.
    server.intercept = ({ kind, key, body, response }) => {
      if (kind !== 'PUT' || !isVictim(key, 'refs.json')) return false;
      server.objects.set(key, Buffer.from(JSON.stringify({ refs: { main: theirs } })));
      response.writeHead(200, { etag: `"${md5(body)}"` }).end();
      return true;
    };
    const { pushedBranches, errors } = await push();
    assert.deepEqual([pushedBranches, errors], [1, []]);
  });

  it('reads records back where tags prove nothing, and asks no more than a listing where they do', async () => {
    await push();
    await writeTag(repository.root, 'v2', tip);
    server.log.length = 0;
    assert.equal((await push()).pushedVersions, 1);
    assert.deepEqual(server.log.filter(({ kind, key }) => key.includes('versions/') && kind !== 'PUT').map(({ kind }) => kind), []);
    assert.equal(server.log.filter(({ kind, query }) => kind === 'LIST' && query.get('prefix') === 'p/versions/').length, 2);

    await writeTag(repository.root, 'v3', tip);
    server.tags = (bytes) => `unusual-${md5(bytes).slice(0, 8)}`;
    let lied = false;
    server.intercept = ({ kind, key, body, response }) => {
      if (kind !== 'PUT' || !isVictim(key, 'versions/') || lied) return false;
      lied = true;
      server.objects.set(key, changed(body));
      response.writeHead(200, { etag: '"unusual"' }).end();
      return true;
    };
    assert.deepEqual((await push()).errors, []);
    await assertWhole();
  });
});
