import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'mocha';
import { CoralError } from '../../../src/core/errors';
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
      assert.ok(errors.some((error) => error.reason === 'denied' && error.message.includes(`leads to ${outside} by a link`)), errors.map(({ message }) => message).join('\n'));
    });
  }

  it('is written to as long as it stays inside, and .coral itself may be a link that was agreed to', async () => {
    const { repository, coral, outside } = await open();
    await repository.push('origin');
    await rm(join(coral, 'objects', 'commits'), { recursive: true });
    await mkdir(join(coral, 'kept'));
    await symlink('../kept', join(coral, 'objects', 'commits'));
    await rename(coral, join(outside, 'real'));
    await symlink(join(outside, 'real'), coral);
    const agreed = { realPaths: [join(outside, 'real')] };
    const { errors, pulledCommits } = await (await Repository.open(repository.root, { agreed })).pull('origin');
    assert.deepEqual([errors, pulledCommits > 0], [[], true]);
    assert.equal((await readdir(join(outside, 'real', 'kept'))).length, pulledCommits);
  });

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
