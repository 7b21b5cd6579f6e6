import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { coralWithRemotes as coral } from '../python/python.mjs';
import { type DumpedWeight, dumpStore } from '../samples/dumpStore';
import { freshFileRemote, freshS3Remote } from '../samples/remotes';
import { runCoral } from '../samples/runCoral';
import { openSource, sources, storePath } from '../samples/sources';

const title = 'Python Coral 1.1.0 pulls what we pushed, names included';
type Pulled = Readonly<Record<string, Omit<DumpedWeight, 'attrs'> & { readonly name: string }>>;

/** Python's pull stops at a 0-d weight, which the uncompressed store holds. */
const readable = sources.filter((source) => source !== 'dtypes/weights-uncompressed.h5');
const kinds = { 'a file remote': freshFileRemote, 'an S3 server': freshS3Remote };

describe(coral === undefined ? `${title} (skipped: no CORAL_PYTHON)` : title, () => {
  for (const [kind, fresh] of Object.entries(kinds)) {
    for (const source of readable) {
      it(`${source} from ${kind}`, async function () {
        const remote = coral === undefined ? undefined : await fresh();
        if (coral === undefined || remote === undefined) return this.skip();
        const origin = await openSource(source);
        await origin.addRemote('fresh', remote.url);
        const { errors } = await origin.push('fresh', remote.options);
        assert.deepEqual(errors, []);

        const folder = mkdtempSync(join(tmpdir(), 'coral-python-'));
        const weights = runCoral<Pulled>(coral, 'readWithPython.py', [folder, remote.url], remote.environment);
        const expected = Object.entries(dumpStore(storePath(origin)))
          .map(([hash, { dtype, shape, sha256, attrs }]) => [hash, { name: attrs['name'], dtype, shape, sha256 }] as const);
        assert.deepEqual(weights, Object.fromEntries(expected));
      });
    }
  }
});
