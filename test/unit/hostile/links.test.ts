import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'mocha';
import { CoralError } from '../../../src/core/base/errors';
import { parseRemoteUrl } from '../../../src/core/remotes/remoteUrl';
import { Repository } from '../../../src/core/repository/repository';
import { copyFixture, temporaryFolder } from '../support/fixtures';

const commit = 'a71793267329d0aaf28b2efb5d0427d6';

describe('a file remote with symbolic links', () => {
  const open = async (): Promise<{ repository: Repository; remote: string; outside: string }> => {
    const folder = await copyFixture('branches');
    return { repository: await Repository.open(join(folder, 'repo')), remote: join(folder, 'remote'), outside: await temporaryFolder() };
  };

  for (const name of ['weights.h5', 'weights.h5.journal', 'refs.json', 'refs.json.lock', 'commits', 'versions', `commits/${commit}.json`]) {
    it(`${name} leads out: nothing is read or written through it`, async () => {
      const { repository, remote, outside } = await open();
      const [link, victim] = [join(remote, name), join(outside, 'victim')];
      await mkdir(dirname(link), { recursive: true });
      await rm(link, { recursive: true, force: true });
      await writeFile(victim, 'not yours');
      await symlink(victim, link);
      for (const transfer of [() => repository.push('origin', { force: true }), () => repository.pull('origin'), () => repository.sync('origin')]) {
        await assert.rejects(transfer(), (error) => CoralError.is(error, 'denied') && error.message.startsWith(`${link} is a link to ${victim}, outside of this remote.`));
      }
      assert.equal(await readFile(victim, 'utf8'), 'not yours');
    });
  }

  it('a link to a file that is not there yet makes none', async () => {
    const { repository, remote, outside } = await open();
    await rm(join(remote, 'weights.h5'));
    await symlink(join(outside, 'new.h5'), join(remote, 'weights.h5'));
    await assert.rejects(repository.push('origin'), (error) => CoralError.is(error, 'denied'));
    await assert.rejects(readFile(join(outside, 'new.h5')), { code: 'ENOENT' });
  });

  for (const [name, to] of [['commits', 'elsewhere'], ['versions', 'elsewhere'], ['refs.json', 'other.json'], ['weights.h5.journal', 'other.json'], [`commits/${commit}.json`, '../other.json']] as const) {
    it(`${name} is a link that stays inside: nothing is written through it`, async () => {
      const { repository, remote } = await open();
      await mkdir(join(remote, 'elsewhere'));
      await writeFile(join(remote, 'other.json'), '{}');
      const link = join(remote, name);
      await mkdir(dirname(link), { recursive: true });
      await rm(link, { recursive: true, force: true });
      await symlink(to, link);
      await assert.rejects(repository.push('origin'), (error) => CoralError.is(error, 'denied') && error.message.startsWith(`${link} is a link to ${to}.`));
      assert.deepEqual([await readdir(join(remote, 'elsewhere')), await readFile(join(remote, 'other.json'), 'utf8')], [[], '{}']);
    });
  }

  it('a weights.h5 that is a link inside, a linked folder and links of other programs are followed as ever', async () => {
    const { repository, remote, outside } = await open();
    await rename(join(remote, 'weights.h5'), join(remote, 'store.h5'));
    await symlink('store.h5', join(remote, 'weights.h5'));
    await symlink('/etc', join(remote, 'etc'));
    await cp(remote, join(outside, 'real'), { recursive: true, verbatimSymlinks: true });
    await rm(remote, { recursive: true });
    await symlink(join(outside, 'real'), remote);
    const result = await repository.sync('origin');
    assert.deepEqual([result.errors, result.pushedWeights > 0], [[], true]);
  });

  it('a URL with ".." is refused', () => {
    for (const url of ['file:///mnt/models/../../etc', 'file:///..', 'file:///mnt/..', 'file://../models']) {
      assert.throws(() => parseRemoteUrl(url, 'file'), (error) => CoralError.is(error, 'invalid') && error.message.includes('".."'), url);
    }
    assert.deepEqual(parseRemoteUrl('file:///mnt/a..b/..c', 'file'), { kind: 'folder', folder: '/mnt/a..b/..c' });
  });
});
