import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { dumpStore } from '../samples/dumpStore';
import { FixtureCopy } from '../samples/fixtureCopy';
import { inWorkbench } from './shared';

describe('what the commands ask', () => {
  const copies: FixtureCopy[] = [];
  const copyOf = async (name: string): Promise<FixtureCopy> => {
    const copy = await FixtureCopy.of(name);
    copies.push(copy);
    return copy;
  };
  afterEach(async () => {
    await Promise.all(copies.splice(0).map((copy) => copy.remove()));
  });

  it('Add Remote checks name and URL as they are typed, and saves the remote', async () => {
    const { folder, repository } = await copyOf('empty');
    await inWorkbench('add-remote', repository, async (workbench) => {
      await workbench.until(() => workbench.welcome(), (text) => text.includes('Add Remote'));
      await workbench.runCommand('Coral: Add Remote...');
      assert.notEqual(await workbench.type('a/b'), '');
      await workbench.screenshot('add-remote-name');
      assert.equal(await workbench.type('shared'), '');
      await workbench.page.keyboard.press('Enter');
      assert.notEqual(await workbench.type('ftp://somewhere'), '');
      await workbench.screenshot('add-remote-url');
      const url = `file://${join(folder, 'shared')}`;
      assert.equal(await workbench.type(url), '');
      await workbench.page.keyboard.press('Enter');
      await workbench.row('shared').waitFor();
      assert.match(await readFile(join(repository, '.coral/remotes.json'), 'utf8'), new RegExp(`"url": "${url}"`));
    });
  });

  it('Remove Remote asks first, and leaves the weights', async () => {
    const { folder, repository } = await copyOf('basic');
    const remote = join(folder, 'remote/weights.h5');
    const before = await readFile(remote);
    await inWorkbench('remove-remote', repository, async (workbench) => {
      await workbench.row('origin').waitFor();
      await workbench.runCommand('Coral: Remove Remote...');
      await workbench.dialog.waitFor();
      await workbench.screenshot('remove-remote');
      assert.match(await workbench.answerDialog('Cancel'), /origin/);
      assert.ok(await workbench.row('origin').isVisible());
      await workbench.runCommand('Coral: Remove Remote...');
      await workbench.answerDialog('Remove');
      await workbench.row('origin').waitFor({ state: 'detached' });
      assert.deepEqual(await readFile(remote), before);
    });
  });

  it('Force Push asks first; then it replaces what is damaged on the remote', async () => {
    const { folder, repository } = await copyOf('basic');
    const remote = join(folder, 'remote/weights.h5');
    const whole = dumpStore(remote);
    await damageNames(remote);
    const damaged = dumpStore(remote);
    assert.notDeepEqual(damaged, whole);
    await inWorkbench('force-push', repository, async (workbench) => {
      await workbench.row('origin').waitFor();
      await workbench.runCommand('Coral: Push (Force)');
      await workbench.dialog.waitFor();
      await workbench.screenshot('force-push');
      assert.match(await workbench.answerDialog('Cancel'), /origin/);
      assert.deepEqual(dumpStore(remote), damaged);
      await workbench.runCommand('Coral: Push (Force)');
      await workbench.answerDialog('Force Push');
      await workbench.toast(/Pushed \d+ weights/).waitFor();
      assert.deepEqual(dumpStore(remote), whole);
    });
  });
});

/** Changes the text of an attribute inside the file, as an editing accident would: names are not hashed. */
async function damageNames(store: string): Promise<void> {
  const bytes = await readFile(store);
  const [weight] = Object.values(dumpStore(store));
  const name = String(weight!.attrs['name']);
  const at = bytes.indexOf(name);
  assert.ok(at > 0, `${name} is found in the file`);
  bytes.fill('x', at, at + name.length);
  await writeFile(store, bytes);
}
