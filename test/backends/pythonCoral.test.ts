import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'mocha';
import { type DumpedWeight, dumpStore } from '../samples/dumpStore';
import { freshFileRemote, freshS3Remote } from '../samples/remotes';
import { openSource, sources, storePath } from '../samples/sources';

/** The folder that holds the Python package "coral", version 1.1.0, which no package registry has. */
const coralSource = process.env['CORAL_PYTHON'];
const title = 'Python Coral 1.1.0 pulls what we pushed, names included';

interface Pulled {
  readonly result: { readonly weights_pulled: number };
  readonly weights: Readonly<Record<string, Omit<DumpedWeight, 'attrs'> & { readonly name: string }>>;
}

/** Python's pull stops at a 0-d weight, which the uncompressed store holds. */
const readable = sources.filter((source) => source !== 'dtypes/weights-uncompressed.h5');
const kinds = { 'a file remote': freshFileRemote, 'an S3 server': freshS3Remote };

describe(coralSource === undefined ? `${title} (skipped: no CORAL_PYTHON)` : title, () => {
  for (const [kind, fresh] of Object.entries(kinds)) {
    for (const source of readable) {
      it(`${source} from ${kind}`, async function () {
        const remote = coralSource === undefined ? undefined : await fresh();
        if (coralSource === undefined || remote === undefined) return this.skip();
        const origin = await openSource(source);
        await origin.addRemote('fresh', remote.url);
        const { errors } = await origin.push('fresh', remote.options);
        assert.deepEqual(errors, []);

        const folder = mkdtempSync(join(tmpdir(), 'coral-python-'));
        const output = execFileSync('/usr/bin/python3', [resolve('test/samples/pullWithPython.py'), coralSource, folder, remote.url], {
          encoding: 'utf8', env: { ...process.env, ...remote.environment }, maxBuffer: 1 << 28,
        });
        const { weights } = JSON.parse(output.slice(output.indexOf('{"result"'))) as Pulled;
        const expected = Object.entries(dumpStore(storePath(origin)))
          .map(([hash, { dtype, shape, sha256, attrs }]) => [hash, { name: attrs['name'], dtype, shape, sha256 }] as const);
        assert.deepEqual(weights, Object.fromEntries(expected));
      });
    }
  }
});
