import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { LockBeside } from '../../src/core/storage/hdf5/lockBeside';
import { spoolPath } from '../../src/core/storage/hdf5/spools';
import { randomNumbers } from '../samples/tensors';
import { madeUpJournal, tearStore, tearStoreAsBefore } from '../samples/tornStore';
import { noiseWeight, withStore } from '../unit/storage/hdf5/stores';
import { type Claim, Tally } from './claim';

const source = resolve('test/fixtures/basic/remote/weights.h5');

export const linkedStore: Claim = {
  id: 'R16',
  says: 'a journal and a lock belong to the real file: through no link is a file outside changed, and a killed write is undone through any link',
  short: 20,
  full: 200,
  async run(tries, { sabotage }) {
    const tally = new Tally();
    const random = randomNumbers(16);
    const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
    for (let index = 0; index < tries; index += 1) {
      const folder = mkdtempSync(join(tmpdir(), 'coral-links-'));
      const layout = { store: pick(Object.keys(stores)), journal: pick(Object.keys(journals)), lock: pick([true, false]), relative: pick([true, false]) };
      const meddle = sabotage && index === tries - 1;
      await tally.attempt(JSON.stringify(layout), () => (index % 4 === 3 ? undoneThroughAnyLink(folder, pick, meddle) : nothingOutsideChanges(folder, layout, meddle)));
      rmSync(folder, { recursive: true, force: true });
    }
    return tally.outcome();
  },
};

/** What weights.h5 in a stranger's folder is; makes it there, with `outside` as the folder of somebody's own files. */
const stores: Readonly<Record<string, (path: string, outside: string, link: (target: string, path: string) => void) => void>> = {
  'a store': (path) => copyFileSync(source, path),
  'a link to a text': (path, outside, link) => link(join(outside, 'keys'), path),
  'a link to a store': (path, outside, link) => link(join(outside, 'sound.h5'), path),
  'a link to a torn store': (path, outside, link) => link(join(outside, 'torn.h5'), path),
  'a link to a link': (path, outside, link) => {
    link(join(outside, 'keys'), `${path}.link`);
    link(`${path}.link`, path);
  },
  'in a linked folder': (path, outside, link) => {
    rmSync(join(path, '..'), { recursive: true });
    link(join(outside, 'folder'), join(path, '..'));
  },
};

const journals: Readonly<Record<string, (path: string, outside: string, link: (target: string, path: string) => void) => void>> = {
  'none': () => undefined,
  'made up': (path) => writeFileSync(path, madeUpJournal(Buffer.from('a stranger\'s line\n'))),
  'carried off': (path, outside) => copyFileSync(join(outside, '../carried.journal'), path),
  'a link to a text': (path, outside, link) => link(join(outside, 'keys'), path),
  'a link to one': (path, outside, link) => link(join(outside, '../carried.journal'), path),
};

interface Layout { readonly store: string; readonly journal: string; readonly lock: boolean; readonly relative: boolean }

/** The stranger's folder is looked at as often as may be, and written to where the store is its own. */
async function nothingOutsideChanges(folder: string, layout: Layout, meddle: boolean): Promise<void> {
  const [outside, inside] = [join(folder, 'outside'), join(folder, 'repo/objects')];
  for (const made of [join(outside, 'folder'), inside]) mkdirSync(made, { recursive: true });
  writeFileSync(join(outside, 'keys'), 'the owner\'s line\n'.repeat(9));
  for (const name of ['sound.h5', 'torn.h5', 'folder/weights.h5']) copyFileSync(source, join(outside, name));
  tearStore(join(outside, 'torn.h5'));
  renameSync(join(outside, 'torn.h5.journal'), join(folder, 'carried.journal'));
  const link = (target: string, path: string): void => symlinkSync(layout.relative ? join('../..', target.slice(folder.length + 1)) : target, path);
  const path = join(inside, 'weights.h5');
  stores[layout.store]!(path, outside, layout.store === 'in a linked folder' ? symlinkSync : link);
  const own = layout.store === 'a store';
  if (layout.store !== 'in a linked folder') {
    journals[layout.journal]!(`${path}.journal`, outside, link);
    for (const name of [...layout.lock ? [`${path}.lock`] : [], ...['1', 'new', 'empty', 'fresh', 'old'].map((what) => spoolPath(path, what))]) link(join(outside, 'keys'), name);
  }
  const before = contentOf(outside);
  await withStore(path, { mode: 'write', lockTimeoutMs: 0 }, async (store) => {
    for (const hash of await store.list().catch(() => [])) await store.metadata(hash).catch(() => undefined);
    if (own) await store.write(noiseWeight('w', [20], 1)).catch(() => undefined);
  });
  try {
    const lock = new LockBeside(path).take('exclusive', false);
    if (lock !== 'held') lock.release();
  } catch { /* that something else lies there is told, and that is all */ }
  if (meddle) appendFileSync(join(outside, 'keys'), '!');
  assert.deepEqual(contentOf(outside), before);
}

async function undoneThroughAnyLink(folder: string, pick: <T>(choices: readonly T[]) => T, meddle: boolean): Promise<void> {
  for (const name of ['disk', 'a', 'b']) mkdirSync(join(folder, name));
  const real = join(folder, 'disk/weights.h5');
  copyFileSync(source, real);
  const before = readFileSync(real);
  symlinkSync(real, join(folder, 'a/weights.h5'));
  symlinkSync('../a/weights.h5', join(folder, 'b/weights.h5'));
  symlinkSync('disk', join(folder, 'folder'));
  pick([tearStore, tearStoreAsBefore])(pick([real, join(folder, 'folder/weights.h5')]));
  if (meddle) rmSync(`${real}.journal`);
  await withStore(join(folder, pick(['a', 'b', 'folder', 'disk']), 'weights.h5'), {}, async (store) => assert.equal((await store.list()).length, 4));
  assert.ok(readFileSync(real).equals(before), 'the write was not undone');
  assert.deepEqual(readdirSync(join(folder, 'disk')), ['weights.h5']);
}

/** Every file below a folder. */
function contentOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(names.map((name) => [name, statSync(join(folder, name)).isFile() ? readFileSync(join(folder, name), 'base64') : 'folder']));
}
