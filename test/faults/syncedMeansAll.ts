import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Repository } from '../../src/core/repository/repository';
import { writeCommit } from '../samples/commit';
import { writeRemotes } from '../samples/pythonRepository';
import { randomNumbers } from '../samples/tensors';
import { type Claim, Tally } from './claim';
import { makeStores, type Planned } from './pythonCheck';

const batch = 50;
const pool = Array.from({ length: 6 }, (_, seed) => ({ seed, bytes: 64 }));

export const syncedMeansAll: Claim = {
  id: 'R3',
  says: 'a repository counts as synced only when both sides hold every weight, and all that its commits name',
  short: 20,
  full: 1000,
  async run(tries, { sabotage }) {
    const tally = new Tally();
    const random = randomNumbers(3);
    const folder = await mkdtemp(join(tmpdir(), 'coral-synced-'));
    const all = Object.values(makeStores({ [join(folder, 'all.h5')]: pool }))[0] ?? [];
    let synced = 0;
    for (let first = 0; first < tries; first += batch) {
      const drawn = Array.from({ length: Math.min(batch, tries - first) }, (_, i) => draw(folder, first + i, random));
      makeStores(Object.fromEntries(drawn.flatMap(({ local, remote, here, there }) => [[local, here], [remote, there]])));
      for (const [i, { local, remote, here, there, named }] of drawn.entries()) {
        await tally.attempt(`repository ${first + i}`, async () => {
          const hashesOf = (weights: readonly Planned[]): Set<string> => new Set(weights.map(({ seed }) => all[seed]!));
          const [held, held2, wanted] = [hashesOf(here), hashesOf(there), hashesOf(named)];
          const isTrue = held.size === held2.size && [...held].every((hash) => held2.has(hash)) && [...wanted].every((hash) => held.has(hash));
          const status = await statusOf(join(folder, `repository-${first + i}`), local, remote, [...wanted]);
          if (isTrue) synced += 1;
          assert.equal(sabotage && first + i === tries - 1 ? !isTrue : status.isSynced, isTrue);
          assert.deepEqual(status.ahead, [...held].filter((hash) => !held2.has(hash)).sort());
        });
      }
    }
    await rm(folder, { recursive: true });
    return tally.outcome(`${synced} were synced`);
  },
};

interface Drawn { readonly local: string; readonly remote: string; readonly here: Planned[]; readonly there: Planned[]; readonly named: Planned[] }

/** Half of them hold the same on both sides; in some of these a commit names more. */
function draw(folder: string, index: number, random: () => number): Drawn {
  const some = (): Planned[] => pool.filter(() => random() < 0.6);
  const here = some();
  const there = random() < 0.5 ? here : some();
  const named = random() < 0.7 ? here.filter(() => random() < 0.7) : some();
  return { local: join(folder, `${index}-local.h5`), remote: join(folder, `${index}-remote.h5`), here, there, named };
}

async function statusOf(root: string, local: string, remote: string, named: readonly string[]): Promise<Awaited<ReturnType<Repository['getSyncStatus']>>> {
  await mkdir(join(root, 'remote'), { recursive: true });
  const repository = await Repository.init(root);
  await rename(local, join(root, '.coral/objects/weights.h5'));
  await rename(remote, join(root, 'remote/weights.h5'));
  await writeRemotes(root, { origin: `file://${join(root, 'remote')}` });
  if (named.length > 0) {
    const main = await writeCommit(root, { message: 'some', time: new Date(), weights: Object.fromEntries(named.map((hash, i) => [`w${i}`, hash])) });
    await cp(join(root, '.coral/objects/commits'), join(root, 'remote/commits'), { recursive: true });
    await writeFile(join(root, 'remote/refs.json'), JSON.stringify({ refs: { main } }));
  }
  const status = await repository.getSyncStatus('origin');
  await rm(root, { recursive: true });
  return status;
}
