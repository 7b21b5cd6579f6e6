import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coralWithRemotes, corals, type PythonCoral } from '../python/python.mjs';
import { type DumpedWeight, dumpStore } from '../samples/dumpStore';
import { type FreshRemote, freshFileRemote, freshS3Remote } from '../samples/remotes';
import { runCoral } from '../samples/runCoral';
import { emptyRepository, openSource, sources, storePath } from '../samples/sources';
import { type Claim, Tally } from './claim';
import { Bucket } from './world';

/** Python's pull stops at a 0-d weight, which this one holds. */
const unreadable = 'dtypes/weights-uncompressed.h5';

export const roundTrip: Claim = {
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
        for (const { coral } of corals) if (coral !== undefined) assertSeen(runCoral(coral, 'readWithPython.py', [copy.root]), expected);
        if (coralWithRemotes !== undefined && source !== unreadable) await pullWithPython(coralWithRemotes, remote, expected);
        await rm(copy.root, { recursive: true });
      });
    }
    const missing = [...corals.map((each) => each.missing), bucket === undefined ? 'no S3 server' : undefined].filter((why) => why !== undefined);
    return tally.outcome(undefined, missing.length > 0 ? missing.join(', ') : undefined);
  },
};

async function pullWithPython(coral: PythonCoral, remote: FreshRemote, expected: Record<string, DumpedWeight>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'coral-python-'));
  assertSeen(runCoral(coral, 'readWithPython.py', [folder, remote.url], remote.environment), expected);
  await rm(folder, { recursive: true });
}

/** What the Python tool read of a store is what h5py finds in it. */
function assertSeen(weights: Readonly<Record<string, unknown>>, expected: Record<string, DumpedWeight>): void {
  const seen = Object.entries(expected).map(([hash, { dtype, shape, sha256, attrs }]) => [hash, { name: attrs['name'], dtype, shape, sha256 }] as const);
  assert.deepEqual(weights, Object.fromEntries(seen));
}
