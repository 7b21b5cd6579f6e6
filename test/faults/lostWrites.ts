import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { randomNumbers } from '../samples/tensors';
import { bytesOf, noiseWeight, withStore } from '../unit/storage/hdf5/stores';
import { writeSome } from '../unit/storage/hdf5/writeSome';
import { type Claim, Tally } from './claim';
import { type Moment, stateAt, UnsyncedDisk } from './unsyncedDisk';

const source = resolve('test/fixtures/basic/remote/weights.h5');
/** What arrives of the sectors that were not durable: none, about one in 20 or half of them, nearly all. */
const shares = [0, 0.05, 0.5, 0.95];

export const lostWrites: Claim = {
  id: 'R18',
  says: 'storage that loses what was not made durable, whether the system runs on or not, leaves every old and every acknowledged weight readable',
  short: 20,
  full: 400,
  async run(tries, { sabotage }) {
    const tally = new Tally();
    const random = randomNumbers(18);
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'coral-unsynced-')));
    const moments = [...await follow(join(folder, 'old'), source), ...await follow(join(folder, 'new'), undefined)];
    for (let index = 0; index < tries; index += 1) {
      const moment = moments[Math.floor(random() * moments.length)]!;
      const share = shares[Math.floor(random() * shares.length)]!;
      // Where the system runs on, names are as they are seen; where it went down, they may be as they were durable.
      const names = index % 2 === 0 || random() < 0.5 ? 'current' : 'durable';
      const place = join(folder, `state-${index}`);
      mkdirSync(place);
      for (const [name, content] of stateAt(moment, names, () => random() < share)) writeFileSync(join(place, name), content);
      const path = join(place, 'weights.h5');
      await tally.attempt(`moment ${moments.indexOf(moment)} of ${moments.length}, ${share} arrived, names ${names}`, async () => {
        await withStore(path, { mode: 'write' }, async (store) => {
          const found = await store.list();
          for (const hash of found) await bytesOf(await store.read(hash));
          const wanted = sabotage && index === tries - 1 ? ['0123456789abcdef'] : moment.promised;
          assert.deepEqual(wanted.filter((hash) => !found.includes(hash)), [], 'weights that are lost');
          await store.write(noiseWeight('after', [4], 1));
        });
        assert.deepEqual(readdirSync(place).filter((name) => /journal/.test(name)), []);
      });
      rmSync(place, { recursive: true });
    }
    rmSync(folder, { recursive: true, force: true });
    return tally.outcome(`${Math.ceil(tries / 2)} where the system runs on, ${Math.floor(tries / 2)} where it went down; ${moments.length} moments of two writes`);
  },
};

/** Writes to a copy of a store, or to a new one, and tells of each moment at which storage may have failed. */
async function follow(folder: string, start: string | undefined): Promise<Moment[]> {
  mkdirSync(folder);
  const path = join(folder, 'weights.h5');
  if (start !== undefined) copyFileSync(start, path);
  const old = await withStore(path, {}, (store) => store.list());
  const disk = new UnsyncedDisk(folder);
  disk.promised.push(...old);
  await writeSome(path, (hash) => disk.promised.push(hash)).finally(() => disk.restore());
  return disk.moments;
}
