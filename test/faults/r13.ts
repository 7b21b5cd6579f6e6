import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type DumpedWeight, dumpStore } from '../samples/dumpStore';
import { freshFileRemote, freshS3Remote } from '../samples/remotes';
import { emptyRepository, openSource, sources, storePath } from '../samples/sources';
import { type Claim, Tally } from './claim';
import { Bucket } from './world';

/** The folder that holds the Python package "coral", version 1.1.0, which no package registry has. */
const coralSource = process.env['CORAL_PYTHON'];
/** Python's pull stops at a 0-d weight, which this one holds. */
const unreadable = 'dtypes/weights-uncompressed.h5';

export const r13: Claim = {
  id: 'R13',
  says: 'what Python wrote goes out and comes back the same in the eyes of h5py, and of the Python tool',
  short: 2,
  full: 2 * sources.length,
  async run(tries, { sabotage }) {
    const tally = new Tally();
    const bucket = await Bucket.create();
    for (let index = 0; index < tries; index += 1) {
      const source = sources[Math.floor(index / 2) % sources.length]!;
      const fresh = index % 2 === 0 ? freshFileRemote : freshS3Remote;
      const remote = await fresh();
      if (remote === undefined) continue;
      await tally.attempt(`${source} by ${remote.url.split(':')[0]}`, async () => {
        const origin = await openSource(source);
        const expected = dumpStore(storePath(origin));
        await origin.addRemote('fresh', remote.url);
        const pushed = await origin.push('fresh', remote.options);
        assert.deepEqual([pushed.errors, pushed.pushedWeights], [[], Object.keys(expected).length]);
        const copy = await emptyRepository();
        await copy.addRemote('fresh', remote.url);
        const pulled = await copy.pull('fresh', remote.options);
        assert.deepEqual([pulled.errors, pulled.pulledWeights], [[], Object.keys(expected).length]);
        assert.deepEqual(dumpStore(storePath(copy)), sabotage ? {} : expected);
        if (coralSource !== undefined && source !== unreadable) await pullWithPython(coralSource, remote, expected);
        await rm(copy.root, { recursive: true });
      });
    }
    return tally.outcome(undefined, coralSource === undefined ? 'no CORAL_PYTHON' : bucket === undefined ? 'no S3 server' : undefined);
  },
};

async function pullWithPython(source: string, remote: { url: string; environment: Readonly<Record<string, string>> }, expected: Record<string, DumpedWeight>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'coral-python-'));
  const output = execFileSync('/usr/bin/python3', [resolve('test/samples/pullWithPython.py'), source, folder, remote.url], {
    encoding: 'utf8', env: { ...process.env, ...remote.environment }, maxBuffer: 1 << 28,
  });
  const { weights } = JSON.parse(output.slice(output.indexOf('{"result"'))) as { weights: Record<string, unknown> };
  const seen = Object.entries(expected).map(([hash, { dtype, shape, sha256, attrs }]) => [hash, { name: attrs['name'], dtype, shape, sha256 }] as const);
  assert.deepEqual(weights, Object.fromEntries(seen));
  await rm(folder, { recursive: true });
}
