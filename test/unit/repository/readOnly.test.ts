import { before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { SyncResultJSON } from '../../../src/core/transfer/syncResult';
import type { Repository } from '../../../src/core/repository/repository';
import { asNobody } from '../../samples/nobody';
import { copyRepository } from '../../samples/repositories';
import { fileUrl, temporaryFolder } from '../support/fixtures';

const child = resolve('out/test/unit/repository/pushChild.mjs');
const readOnlyMount = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" "$1" && exec "$2" "$3" "$1" "$4"';

function pushes(command: string, args: readonly string[]): SyncResultJSON {
  const { stdout, stderr, status } = spawnSync(command, args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as SyncResultJSON;
}

function mayMount(): boolean {
  return spawnSync('unshare', ['--map-root-user', '--mount', 'sh', '-c', 'mount --bind /tmp /tmp && mount -o remount,ro,bind /tmp /tmp']).status === 0;
}

describe('a push from a repository that can only be read', function () {
  this.timeout(60_000);
  let repository: Repository;
  let far: string;

  before(async () => {
    repository = await copyRepository('branches/repo');
    far = join(await temporaryFolder(), 'far');
    mkdirSync(far);
    await repository.addRemote('fresh', fileUrl(far));
  });

  const assertSucceeds = ({ success, errors, warnings, pushedWeights, pushedBranches }: SyncResultJSON): void => {
    assert.deepEqual([errors, success], [[], true]);
    assert.ok(pushedWeights > 0 && pushedBranches > 0);
    assert.equal(warnings.length, 1, warnings.join());
    assert.match(warnings.join(), /^What was pushed is on fresh; where its branches are could not be noted in this repository\. You may not read or write .*refs\/remotes/);
    assert.ok(existsSync(join(far, 'refs.json')));
    assert.ok(!existsSync(join(repository.root, '.coral/refs/remotes/fresh')));
    for (const name of readdirSync(far)) execFileSync('rm', ['-rf', join(far, name)]);
  };

  it('succeeds, and says at most once that it could note nothing here (read-only file system)', function () {
    if (process.platform !== 'linux' || !mayMount()) {
      console.log('      skipped: this machine lets nobody mount (unshare)');
      this.skip();
    }
    assertSucceeds(pushes('unshare', ['--map-root-user', '--mount', 'sh', '-c', readOnlyMount, 'sh', repository.root, process.execPath, child, 'fresh']));
  });

  it('succeeds in the same way where the folder may not be written to', function () {
    if (process.platform === 'win32') this.skip();
    const folders = [repository.root, ...readdirSync(repository.root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name))];
    // Whoever is root may write anywhere, so that somebody else has to try it.
    for (const folder of folders) chmodSync(folder, 0o555);
    chmodSync(far, 0o777);
    for (const folder of [dirname(far)]) chmodSync(folder, 0o755);
    try {
      const push = 'console.log(JSON.stringify(await (await core.Repository.open(args[0])).push(args[1])))';
      assertSucceeds(JSON.parse(asNobody(push, repository.root, 'fresh')) as SyncResultJSON);
    } finally {
      for (const folder of folders) chmodSync(folder, 0o755);
    }
  });
});

describe('a new repository on a file system that is read-only', () => {
  const script = `const [root, how] = process.argv.slice(1);
    const { Repository } = require(${JSON.stringify(resolve('dist/core.js'))});
    const work = how === 'init' ? Repository.init(root + '/new') : Repository.clone(how, root + '/new');
    work.then(() => console.log('made'), (error) => console.log(JSON.stringify(error)));`;
  const inReadOnly = readOnlyMount.replace('"$3" "$1" "$4"', '-e "$3" "$1" "$4"');

  for (const how of ['init', 'clone']) {
    it(`is refused as what may not be written to, not as a folder that is missing (${how})`, async function () {
      if (process.platform !== 'linux' || !mayMount()) {
        console.log('      skipped: this machine lets nobody mount (unshare)');
        this.skip();
      }
      const root = await temporaryFolder();
      const what = how === 'init' ? how : fileUrl(join((await copyRepository('branches/repo')).root, '..'));
      const args = ['--map-root-user', '--mount', 'sh', '-c', inReadOnly, 'sh', root, process.execPath, script, what];
      const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
      const { reason, message } = JSON.parse(stdout || JSON.stringify(stderr)) as { reason: string; message: string };
      assert.equal(reason, 'denied', message);
      assert.match(message, /You may not read or write .*new/);
    });
  }
});
