import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { dumpStore } from '../samples/dumpStore';
import { copyOf, inWorkbench } from './shared';

describe('what the commands ask', () => {
  it('Force Push, Force Pull and Remove Remote ask first; forced, they mend what is damaged', async () => {
    const { folder, repository } = await copyOf('basic');
    const remote = join(folder, 'remote/weights.h5');
    const local = join(repository, '.coral/objects/weights.h5');
    const whole = { remote: dumpStore(remote), local: dumpStore(local) };
    await inWorkbench('force', repository, async (workbench) => {
      await workbench.row('origin').waitFor();
      const damaged = await damageNames(remote);
      await workbench.runCommand('Coral: Push (Force)');
      await workbench.dialog.waitFor();
      await workbench.screenshots('force-push');
      assert.match(await workbench.answerDialog('Cancel'), /origin/);
      assert.deepEqual(dumpStore(remote), damaged);
      await workbench.runCommand('Coral: Push (Force)');
      await workbench.answerDialog('Force Push');
      await workbench.toast(/Pushed \d+ weights/).waitFor();
      assert.deepEqual(dumpStore(remote), whole.remote);

      await damageNames(local);
      await workbench.runCommand('Coral: Pull (Force)');
      assert.match(await workbench.answerDialog('Force Pull'), /origin/);
      await workbench.toast(/Pulled \d+ weights/).waitFor();
      assert.deepEqual(dumpStore(local), whole.local);

      await workbench.runCommand('Coral: Remove Remote...');
      assert.match(await workbench.answerDialog('Cancel'), /origin/);
      assert.ok(await workbench.row('origin').isVisible());
      await workbench.runCommand('Coral: Remove Remote...');
      await workbench.answerDialog('Remove');
      await workbench.row('origin').waitFor({ state: 'detached' });
      assert.deepEqual(dumpStore(remote), whole.remote);
    });
  });
});

/** Changes the text of an attribute inside the file, as an accident would: names are not hashed. Gives what h5py then sees. */
async function damageNames(store: string): Promise<ReturnType<typeof dumpStore>> {
  const before = dumpStore(store);
  const bytes = await readFile(store);
  const name = String(Object.values(before)[0]!.attrs['name']);
  const at = bytes.indexOf(name);
  assert.ok(at > 0, `${name} is found in the file`);
  bytes.fill('x', at, at + name.length);
  await writeFile(store, bytes);
  const damaged = dumpStore(store);
  assert.notDeepEqual(damaged, before);
  return damaged;
}
