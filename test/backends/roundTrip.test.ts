import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { dumpStore } from '../samples/dumpStore';
import { freshFileRemote, freshS3Remote } from '../samples/remotes';
import { emptyRepository, openSource, sources, storePath } from '../samples/sources';

const kinds = { 'a file remote': freshFileRemote, 'an S3 server': freshS3Remote };

for (const [kind, fresh] of Object.entries(kinds)) {
  describe(`what Python wrote goes to ${kind} and into an empty repository, equal in h5py's eyes`, () => {
    for (const source of sources) {
      it(source, async function () {
        const remote = await fresh();
        if (remote === undefined) return this.skip();
        const origin = await openSource(source);
        const expected = dumpStore(storePath(origin));
        assert.ok(Object.keys(expected).length > 0);

        await origin.addRemote('fresh', remote.url);
        const pushed = await origin.push('fresh', remote.options);
        assert.deepEqual(pushed.errors, []);
        assert.equal(pushed.pushedWeights, Object.keys(expected).length);
        if (remote.url.startsWith('file://')) assert.deepEqual(dumpStore(join(remote.url.slice(7), 'weights.h5')), expected);

        const copy = await emptyRepository();
        await copy.addRemote('fresh', remote.url);
        const pulled = await copy.pull('fresh', remote.options);
        assert.deepEqual(pulled.errors, []);
        assert.equal(pulled.pulledWeights, pushed.pushedWeights);
        assert.deepEqual(dumpStore(storePath(copy)), expected);
      });
    }
  });
}
