import { before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { CoralError, type Reason } from '../../../src/core/base/errors';
import { Repository } from '../../../src/core/repository/repository';
import { missingPython, python } from '../storage/hdf5/python';
import { copyFixture, fixturePath } from '../support/fixtures';
import { deltaFixtures, read, truths } from '../support/truths';

const fails = (reason: Reason, pattern: RegExp) => (error: unknown): boolean => {
  assert.ok(CoralError.is(error, reason), String(error));
  assert.match(error.message, pattern);
  return true;
};

describe('readWeight', function () {
  // Each store loads its own HDF5, which takes a while on a busy machine.
  this.timeout(30_000);

  describe('reads each name in each commit of the delta fixtures', () => {
    for (const [name, fixture] of Object.entries(deltaFixtures)) {
      const expected = truths(fixture);
      it(`${name}: ${expected.length} weights`, async () => {
        // The first weight of lost-delta-disabled is not described.
        assert.equal(expected.length, Object.values(fixture.commits).flatMap(({ weight_hashes: hashes }) => Object.keys(hashes)).length - (name === 'lost-delta-disabled' ? 1 : 0));
        const repository = await Repository.open(fixturePath('deltas', name, ...(name === 'pushed' ? ['repo'] : [])));
        for (const { ref, name: weight, truth: { hash, shape, dtype, sha256_le } } of expected) {
          assert.deepEqual(await read(repository, weight, ref), { hash, shape, dtype, sha256_le }, `${ref}/${weight}`);
        }
      });
    }
  });

  it('gives a rebuilt weight the name that was asked for, and its blocks as often as they are asked for', async () => {
    const repository = await Repository.open(fixturePath('deltas', 'stage-compressed'));
    const weight = await repository.readWeight('b');
    assert.deepEqual([weight.metadata.name, weight.byteOrder, weight.byteLength], ['b', 'little', 1920]);
    for (let i = 0; i < 2; i += 1) {
      let bytes = 0;
      for await (const block of weight.blocks()) bytes += block.byteLength;
      assert.equal(bytes, 1920);
    }
  });

  describe('when something is not as it should be', () => {
    const changed = async (fixture: string, change: string): Promise<Repository> => {
      const root = await copyFixture(`deltas/${fixture}`);
      python(`import h5py, json, sys\nwith h5py.File(sys.argv[1], "a") as f:\n  ${change}\nprint(1)`, join(root, '.coral', 'objects', 'weights.h5'));
      return Repository.open(root);
    };

    before(function () {
      const missing = missingPython();
      if (missing === undefined) return;
      console.log(`      skipped: ${missing}`);
      this.skip();
    });

    it('says which delta is missing', async () => {
      const repository = await changed('stage-compressed', 'del f["deltas"]["b646040bc57dce07"]');
      await assert.rejects(read(repository, 'b'), fails('missing', /"b" of HEAD cannot be read: its delta b646040bc57dce07 is not in this repository/));
      assert.equal((await read(repository, 'a')).hash, '78b708c8a7deb662');
    });

    it('takes a delta without attributes for a missing one', async () => {
      const repository = await changed('stage-compressed', 'd = f["deltas"]["b646040bc57dce07"]; [d.attrs.__delitem__(k) for k in list(d.attrs)]');
      await assert.rejects(read(repository, 'b'), fails('missing', /its delta b646040bc57dce07 is not/));
    });

    it('says which reference is missing', async () => {
      const repository = await changed('stage-compressed', 'del f["weights"]["78b708c8a7deb662"]');
      await assert.rejects(read(repository, 'b'), fails('missing', /its delta b646040bc57dce07 is based on weight 78b708c8a7deb662, which is not/));
    });

    it('says which delta is damaged', async () => {
      const repository = await changed('stage-compressed', 'd = f["deltas"]["b646040bc57dce07"]; d[100] ^= 1');
      await assert.rejects(read(repository, 'b'), fails('corrupt', /Delta b646040bc57dce07 is damaged: its content hashes to/));
    });

    it('needs no more of a delta that stands beside the full copy than its reference', async () => {
      const repository = await changed('commit-compressed', 'f["deltas"]["b4e29b6fe4e5415e"][100] ^= 1');
      assert.equal((await read(repository, 'w', '8e4c254de635f616245333ab6646be31')).hash, 'a8e57d302b26fa2a');
    });
  });
});
