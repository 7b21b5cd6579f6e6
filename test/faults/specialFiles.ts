import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { Repository } from '../../src/core/repository/repository';
import { randomNumbers } from '../samples/tensors';
import { type Claim, Tally } from './claim';

const fixture = resolve('test/fixtures/branches');
const commit = 'a71793267329d0aaf28b2efb5d0427d6';
const maxSeconds = 5;
const maxGrowth = 256 * 1024 * 1024;
const ownersText = 'the owner\'s line\n';

export const specialFiles: Claim = {
  id: 'S10f',
  says: 'what should be a small file and is a device, a pipe, a folder or a link is told within 5 s and 256 MB, hides nothing else, and nothing is written through it',
  short: 10,
  full: 200,
  async run(tries, { sabotage }) {
    const tally = new Tally();
    if (process.platform === 'win32') return tally.outcome(undefined, 'Windows has no such files');
    const random = randomNumbers(19);
    const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
    for (let index = 0; index < tries; index += 1) {
      const folder = mkdtempSync(join(tmpdir(), 'coral-special-'));
      const layout = Object.fromEntries(Array.from({ length: 1 + Math.floor(random() * 4) }, () => [pick(places), pick(Object.keys(kinds))]));
      await tally.attempt(JSON.stringify(layout), () => lookAt(folder, layout, sabotage && index === tries - 1));
      rmSync(folder, { recursive: true, force: true });
    }
    return tally.outcome();
  },
};

const places = ['HEAD', 'remotes.json', 'refs/heads/main', 'refs/remotes/origin/main', 'staging/staged.json', 'versions/b400b65986853ea9.json', `objects/commits/${commit}.json`];

/** Puts something in the place of a file; `outside` is a file of somebody's own. */
const kinds: Readonly<Record<string, (path: string, outside: string) => void>> = {
  'a device': (path) => symlinkSync('/dev/zero', path),
  'a terminal': (path) => symlinkSync('/dev/tty', path),
  'a pipe': (path) => { execFileSync('mkfifo', [path]); },
  'a folder': (path) => { mkdirSync(join(path, 'more'), { recursive: true }); writeFileSync(join(path, '.keep'), ''); },
  'a link to itself': (path) => symlinkSync(basename(path), path),
  'a link to a folder': (path) => symlinkSync('/', path),
  'a link to a text': (path, outside) => symlinkSync(outside, path),
};

async function lookAt(folder: string, layout: Readonly<Record<string, string>>, meddle: boolean): Promise<void> {
  const [root, outside] = [join(folder, 'repo'), join(folder, 'outside')];
  cpSync(join(fixture, 'repo'), root, { recursive: true });
  cpSync(join(fixture, 'remote'), join(folder, 'remote'), { recursive: true });
  writeFileSync(outside, ownersText);
  const remotes = join(root, '.coral/remotes.json');
  writeFileSync(remotes, readFileSync(remotes, 'utf8').replace('file:///CORAL_FIXTURES/branches', `file://${folder}`));
  const repository = await Repository.open(root);
  const { commits } = await repository.state();
  for (const [place, kind] of Object.entries(layout)) {
    const path = join(root, '.coral', place);
    rmSync(path, { recursive: true, force: true });
    mkdirSync(dirname(path), { recursive: true });
    kinds[kind]!(path, outside);
  }
  const before = process.memoryUsage().rss;
  const seen = await within(repository.state());
  const told = new Set(meddle ? [] : seen.problems.map(({ path }) => path));
  for (const [place, kind] of Object.entries(layout)) {
    // A folder below refs is a place for further branches.
    if (kind !== 'a folder' || !place.startsWith('refs/')) assert.ok(told.has(join(root, '.coral', place)), `${place} as ${kind} is not told`);
  }
  assert.equal(seen.commits.size, commits.size - (layout[`objects/commits/${commit}.json`] === undefined ? 0 : 1), 'other commits are hidden');
  if (layout['remotes.json'] === undefined) {
    await within(repository.push('origin'));
    await within(repository.pull('origin'));
  }
  assert.ok(process.memoryUsage().rss - before < maxGrowth, `${process.memoryUsage().rss - before} bytes of memory`);
  assert.equal(readFileSync(outside, 'utf8'), ownersText);
}

/** What fails is in the result of a transfer; nothing stands still. */
async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(new Error(`still going after ${maxSeconds} s`)), maxSeconds * 1000); });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
