import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'mocha';
import { CoralError } from '../../../src/core/base/errors';
import { entriesOf } from '../../../src/core/base/folders';
import { readVersions } from '../../../src/core/history/versions';
import { readBranches } from '../../../src/core/coralFolder/branches';
import { readTrackingRefs } from '../../../src/core/coralFolder/trackingRefs';
import { Repository } from '../../../src/core/repository/repository';
import { checkRepository } from '../../../src/core/repository/integrity/checkRepository';
import { planRepairOf, repair } from '../../../src/core/repository/integrity/repair';
import { copyFixture, temporaryFolder } from '../support/fixtures';

const commit = 'a71793267329d0aaf28b2efb5d0427d6';

async function open(): Promise<{ repository: Repository; coral: string; outside: string }> {
  const folder = await copyFixture('branches');
  return { repository: await Repository.open(join(folder, 'repo')), coral: join(folder, 'repo', '.coral'), outside: await temporaryFolder() };
}

/** Puts something that is no file in the place of one. */
const kinds: Readonly<Record<string, (path: string) => Promise<void>>> = {
  'a device': (path) => symlink('/dev/zero', path),
  'a file of the system without end': (path) => symlink('/proc/self/pagemap', path),
  'a pipe': async (path) => { execFileSync('mkfifo', [path]); },
  'a socket': async (path) => {
    const server = createServer();
    // The name of a socket may have 107 bytes: it is made elsewhere, and stays there without its server.
    const made = join('/tmp', `coral-${process.pid}-${Math.random().toString(36).slice(2)}`);
    await new Promise<void>((done) => { server.listen(made, done); });
    await rename(made, path);
    await new Promise((done) => { server.close(done); });
  },
  'a folder': (path) => mkdir(path).then(() => undefined),
  'a link to itself': (path) => symlink(basename(path), path),
};

describe('what should be a file in .coral and is none', function () {
  before(function () { if (process.platform === 'win32') this.skip(); });

  for (const name of ['HEAD', 'remotes.json', 'refs/heads/main', 'refs/remotes/origin/main', 'staging/staged.json', 'versions/0123456789abcdef.json', `objects/commits/${commit}.json`]) {
    for (const [kind, make] of Object.entries(kinds)) {
      // A folder below refs holds further branches.
      if (kind === 'a folder' && name.startsWith('refs/')) continue;
      it(`${name}, ${kind}, is a problem, and the rest is shown`, async () => {
        const { repository, coral } = await open();
        const whole = await repository.state();
        const path = join(coral, name);
        await rm(path, { recursive: true, force: true });
        await mkdir(dirname(path), { recursive: true });
        await make(path);
        const state = await repository.state();
        const problem = state.problems.find((found) => found.path === path);
        assert.equal(problem?.reason, 'corrupt', state.problems.map(({ message }) => message).join('\n'));
        assert.ok(problem.message.startsWith(path), problem.message);
        assert.equal(state.commits.size, whole.commits.size - (name.startsWith('objects/') ? 1 : 0));
        const outline = await repository.outline(repository.commitIndex());
        assert.deepEqual(outline.problems.map(({ message }) => message), state.problems.map(({ message }) => message));
        const report = await checkRepository(repository, { depth: 'shallow' });
        assert.ok(report.findings.some((finding) => finding.path === path && finding.severity === 'error'), 'the check does not tell');
      });
    }
  }

  for (const name of ['refs', 'refs/heads', 'refs/remotes', 'versions', 'objects/commits']) {
    it(`${name}, a file instead of a folder, is a problem, and the rest is shown`, async () => {
      const { repository, coral } = await open();
      await rm(join(coral, name), { recursive: true, force: true });
      await writeFile(join(coral, name), 'a file');
      const { problems, remotes } = await repository.state();
      assert.ok(problems.some(({ reason, message }) => reason === 'corrupt' && message.includes('is not a folder')), problems.map(({ message }) => message).join('\n'));
      assert.ok(remotes.length > 0);
    });
  }

  it('links to folders among branches are not followed round in circles, but told', async () => {
    const { repository, coral } = await open();
    await symlink('..', join(coral, 'refs', 'heads', 'round'));
    await symlink('/', join(coral, 'refs', 'heads', 'all'));
    await mkdir(join(coral, 'refs', 'remotes'), { recursive: true });
    await symlink('/', join(coral, 'refs', 'remotes', 'everything'));
    const { problems, branches } = await repository.state();
    assert.deepEqual(problems.map(({ path }) => path).sort(), ['heads/all', 'heads/round', 'remotes/everything'].map((name) => join(coral, 'refs', name)));
    assert.ok(Object.keys(branches).includes('main'));
  });

  it('a branch that is a link to a branch file is read', async () => {
    const { repository, coral, outside } = await open();
    const path = join(coral, 'refs', 'heads', 'main');
    const { branches } = await repository.state();
    await rename(path, join(outside, 'main'));
    await symlink(join(outside, 'main'), path);
    assert.deepEqual((await repository.state()).branches, branches);
  });

  it('a commit that is a pipe is mended from a remote, and the pipe is kept aside', async () => {
    const { repository, coral } = await open();
    await repository.push('origin');
    const path = join(coral, 'objects', 'commits', `${commit}.json`);
    const text = await readFile(path, 'utf8');
    await rm(path);
    execFileSync('mkfifo', [path]);
    const sources = [{ remote: 'origin', options: {} }];
    const result = await repair(repository, await planRepairOf(repository, await checkRepository(repository, { depth: 'shallow' }), sources), sources);
    assert.deepEqual([result.failed, result.mended.map(({ hash }) => hash)], [[], [commit]]);
    assert.equal(await readFile(path, 'utf8'), text);
    assert.equal((await readdir(join(coral, 'quarantine'), { withFileTypes: true })).filter((entry) => entry.isFIFO()).length, 1);
  });
});

describe('a folder in .coral that is a link', function () {
  before(function () { if (process.platform === 'win32') this.skip(); });

  for (const name of ['refs/remotes', 'refs/remotes/origin', 'objects/commits', 'refs/heads']) {
    it(`${name} leads out: a pull writes nothing there, and names it`, async () => {
      const { repository, coral, outside } = await open();
      await repository.push('origin');
      const folder = join(coral, name);
      await rm(folder, { recursive: true, force: true });
      await mkdir(dirname(folder), { recursive: true });
      await symlink(outside, folder);
      const { errors } = await repository.pull('origin');
      assert.deepEqual(await readdir(outside), []);
      assert.ok(errors.some((error) => error.reason === 'denied' && error.message.startsWith(`${folder} is a link to ${outside}`)), errors.map(({ message }) => message).join('\n'));
    });
  }

  it('.coral itself and its objects are written to where that was agreed to', async () => {
    const { repository, coral, outside } = await open();
    await repository.push('origin');
    await rm(join(coral, 'objects', 'commits'), { recursive: true });
    await rename(join(coral, 'objects'), join(outside, 'objects'));
    await symlink(join(outside, 'objects'), join(coral, 'objects'));
    await rename(coral, join(outside, 'real'));
    await symlink(join(outside, 'real'), coral);
    const agreed = { realPaths: [join(outside, 'real'), join(outside, 'objects')] };
    const { errors, pulledCommits } = await (await Repository.open(repository.root, { agreed })).pull('origin');
    assert.deepEqual([errors, pulledCommits > 0], [[], true]);
    assert.equal((await readdir(join(outside, 'objects', 'commits'))).length, pulledCommits);
  });

  it('a link that stays inside is not followed either: a fetch moves no branch through it', async () => {
    const { repository, coral } = await open();
    await repository.push('origin');
    const main = join(coral, 'refs', 'heads', 'main');
    await writeFile(main, JSON.stringify({ name: 'main', commit_hash: '', parent_branch: null }));
    await rm(join(coral, 'refs', 'remotes', 'origin'), { recursive: true, force: true });
    await mkdir(join(coral, 'refs', 'remotes'), { recursive: true });
    await symlink('../heads', join(coral, 'refs', 'remotes', 'origin'));
    const before = await readFile(main, 'utf8');
    const { errors, success } = await repository.fetch('origin');
    assert.equal(success, false);
    assert.ok(errors.some(({ reason, message }) => reason === 'denied' && message.includes('refs/remotes/origin is a link to ../heads')), errors.map(({ message }) => message).join('\n'));
    assert.equal(await readFile(main, 'utf8'), before);
  });

  for (const [to, name] of [['../objects', 'commits'], ['../objects', 'weights.h5'], ['.', 'heads']] as const) {
    it(`refs/remotes, a link to ${to}: removing or renaming a remote "${name}" touches nothing there`, async () => {
      const { repository, coral } = await open();
      await writeFile(join(coral, 'remotes.json'), JSON.stringify({ remotes: { [name]: { name, url: 'file:///nowhere', backend: 'file' } } }));
      await rm(join(coral, 'refs', 'remotes'), { recursive: true, force: true });
      await symlink(to, join(coral, 'refs', 'remotes'));
      const before = await readdir(coral, { recursive: true });
      await assert.rejects(repository.renameRemote(name, 'other'), (error) => CoralError.is(error, 'denied') && error.path === join(coral, 'refs', 'remotes'));
      assert.deepEqual(Object.keys(await repository.listRemotes()), [name]);
      await repository.removeRemote(name);
      assert.deepEqual(await readdir(coral, { recursive: true }), before);
    });
  }

  for (const name of ['refs', 'refs/heads', 'refs/remotes', 'refs/remotes/origin']) {
    it(`${name}, a link to a folder of many files, is one problem, and none of them is read`, async () => {
      const { repository, coral, outside } = await open();
      await mkdir(join(outside, 'origin'));
      for (const folder of [outside, join(outside, 'origin')]) {
        await Promise.all(Array.from({ length: 500 }, (_, index) => writeFile(join(folder, `file${index}`), 'not a branch')));
      }
      const folder = join(coral, name);
      await rm(folder, { recursive: true, force: true });
      await mkdir(dirname(folder), { recursive: true });
      await symlink(outside, folder);
      const { problems } = await repository.state();
      const mine = problems.filter(({ path }) => path?.startsWith(folder) === true && !path.endsWith('heads/main'));
      assert.ok(mine.length > 0 && mine.every(({ path, message }) => path === folder && message.includes('is a link')), mine.map(({ message }) => message).join('\n'));
      assert.equal(mine.length, name === 'refs' ? 2 : 1);
    });
  }

  it('a push says that a linked refs/heads was not read', async () => {
    const { repository, coral, outside } = await open();
    await rename(join(coral, 'refs', 'heads'), join(outside, 'heads'));
    await symlink(join(outside, 'heads'), join(coral, 'refs', 'heads'));
    const { errors } = await repository.push('origin');
    assert.ok(errors.some(({ reason, path }) => reason === 'denied' && path === join(coral, 'refs', 'heads')), errors.map(({ message }) => message).join('\n'));
  });
});

describe('a clone', function () {
  before(function () { if (process.platform === 'win32') this.skip(); });

  it('to where .coral is a link to nothing is refused before anything is fetched', async () => {
    const { repository, outside } = await open();
    await repository.push('origin');
    await symlink(join(outside, 'nothing'), join(outside, '.coral'));
    const asked: string[] = [];
    const url = (await repository.listRemotes())['origin']!.url;
    const cloning = Repository.clone(url, outside, { onProgress: ({ phase }) => { asked.push(phase); } });
    await assert.rejects(cloning, (error) => CoralError.is(error, 'conflict') && error.message.startsWith(`${join(outside, '.coral')} is a link to`));
    assert.deepEqual([asked, await readdir(outside)], [[], ['.coral']]);
  });
});

describe('far too much in .coral', () => {
  it('of damaged branches the first hundred are told, and how many more there are', async () => {
    const { repository, coral } = await open();
    await Promise.all(Array.from({ length: 130 }, (_, index) => writeFile(join(coral, 'refs', 'heads', `damaged${index}`), 'no branch')));
    const { problems, branches } = await repository.state();
    assert.equal(problems.length, 101);
    assert.ok(problems.some(({ message }) => message.startsWith('There are 30 more problems with branches.')), problems.at(-1)?.message);
    assert.ok(Object.keys(branches).includes('main'));
  });

  it('of more branches than anybody has, none is read', async () => {
    const { repository, coral } = await open();
    for (let at = 0; at < 20_001; at += 1) writeFileSync(join(coral, 'refs', 'heads', `branch${at}`), '');
    const { problems, branches } = await repository.state();
    const told = problems.filter(({ message }) => message.includes('more than 20000 files'));
    assert.deepEqual([told.map(({ path }) => path), branches], [[join(coral, 'refs', 'heads')], {}]);
  }).timeout(30_000);

  it('reading refs ends when it is cancelled', async () => {
    const { repository, coral } = await open();
    await Promise.all(Array.from({ length: 2_000 }, (_, index) => writeFile(join(coral, 'refs', 'heads', `b${index}`), 'no branch')));
    const stop = new AbortController();
    const reading = repository.state(stop.signal);
    setImmediate(() => { stop.abort(); });
    await assert.rejects(reading, (error) => CoralError.is(error, 'cancelled'));
    await assert.rejects(readBranches(coral, () => undefined, stop.signal), (error) => CoralError.is(error, 'cancelled'));
    await assert.rejects(readTrackingRefs(join(coral), () => undefined, stop.signal), (error) => CoralError.is(error, 'cancelled'));
    await assert.rejects(readVersions(coral, () => undefined, stop.signal), (error) => CoralError.is(error, 'cancelled'));
  });

  it('a folder is listed up to a limit', async () => {
    const { coral } = await open();
    const folder = join(coral, 'refs', 'heads');
    const { length } = await readdir(folder);
    assert.equal((await entriesOf(folder, length)).length, length);
    await assert.rejects(entriesOf(folder, length - 1), (error) => CoralError.is(error, 'corrupt') && error.path === folder);
  });
});

describe('a remote whose tracking refs lie behind a link', function () {
  before(function () { if (process.platform === 'win32') this.skip(); });

  it('removing or renaming a remote touches nothing through it', async () => {
    const { repository, coral, outside } = await open();
    await mkdir(join(outside, 'origin'));
    await writeFile(join(outside, 'origin', 'main'), 'not yours');
    await rm(join(coral, 'refs', 'remotes'), { recursive: true, force: true });
    await symlink(outside, join(coral, 'refs', 'remotes'));
    await assert.rejects(repository.renameRemote('origin', 'other'), (error) => CoralError.is(error, 'denied'));
    assert.ok(Object.keys(await repository.listRemotes()).includes('origin'));
    await repository.removeRemote('origin');
    assert.equal(await readFile(join(outside, 'origin', 'main'), 'utf8'), 'not yours');
  });
});
