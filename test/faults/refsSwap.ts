import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Remote } from '../../src/core/sync/remote';
import { RemoteConfig } from '../../src/core/remotes/remoteConfig';
import { type Claim, Tally } from './claim';
import { Bucket } from './world';

const writers = 8;

export const refsSwap: Claim = {
  id: 'R6',
  says: `refs are set by compare-and-swap: of ${writers} writers at once, none loses another's`,
  short: 2,
  full: 200,
  async run(tries, { sabotage }) {
    const tally = new Tally();
    const bucket = await Bucket.create();
    const folder = await mkdtemp(join(tmpdir(), 'coral-refs-'));
    const urls = [`file://${folder}`, ...bucket === undefined ? [] : [`minio://${new URL(bucket.server.endpoint).host}/${bucket.name}/refs/`]];
    for (const url of urls) {
      const remotes = await Promise.all(Array.from({ length: writers }, (_, i) => Remote.fromConfig(RemoteConfig.fromUrl(`w${i}`, url))));
      const rounds = Math.ceil(tries / urls.length);
      for (let round = 0; round < rounds; round += 1) {
        await tally.attempt(`round ${round} at ${url}`, async () => {
          await Promise.all(remotes.map((remote, i) => remote.pushRefs({ [`branch${i}`]: `c${round}x${i}` })));
          if (sabotage && round === rounds - 1) await remotes[0]!.pushRefs({ branch3: 'lost' });
          const expected = Object.fromEntries(remotes.map((_, i) => [`branch${i}`, `c${round}x${i}`]));
          assert.deepEqual(await remotes[0]!.fetchRefs(), expected);
        });
      }
      await Promise.all(remotes.map((remote) => remote.close()));
    }
    await rm(folder, { recursive: true });
    return tally.outcome(`${writers} writers in each round`, bucket === undefined ? 'no S3 server' : undefined);
  },
};
