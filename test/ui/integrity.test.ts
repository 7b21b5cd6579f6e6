import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { dumpStore } from '../samples/dumpStore';
import { flipBit } from '../unit/repository/integrity/damage';
import { hold } from '../unit/storage/hdf5/python';
import { noiseWeight, withStore } from '../unit/storage/hdf5/stores';
import { copyOf, inWorkbench } from './shared';

describe('integrity', () => {
  it('a check names the damage, Repair lists and asks before it mends, Prune Local wants its name typed', async () => {
    const { repository } = await copyOf('basic');
    const store = join(repository, '.coral/objects/weights.h5');
    const whole = dumpStore(store);
    flipBit(store, 'weights/b5adf40b90970f42');
    await inWorkbench('integrity', repository, async (workbench) => {
      await workbench.row('origin').waitFor();
      await workbench.runCommand('Coral: Check Integrity...');
      await workbench.quickInput.locator('.monaco-list-row', { hasText: 'this repository' }).waitFor();
      await workbench.screenshots('integrity-subject');
      await workbench.pick('this repository');
      await workbench.pick('Deep');
      await workbench.tab('Integrity of repo').waitFor();
      const toast = workbench.toast('Found 1 error in repo.');
      await toast.waitFor();
      await workbench.screenshots('integrity-report');

      await toast.locator('.monaco-button', { hasText: 'Repair...' }).click();
      await workbench.dialog.waitFor();
      await workbench.screenshots('repair-question');
      assert.match(await workbench.answerDialog('Repair'), /Repair 1 weight in repo\?.*fetched from origin/);
      await workbench.toast('Mended 1 weight in repo.').waitFor();
      await workbench.screenshots('repair-result');
      assert.deepEqual(dumpStore(store), whole);
      await workbench.closeToasts();

      await withStore(store, { mode: 'write' }, async (open) => { for (const seed of [1, 2, 3]) await open.write(noiseWeight(`old.layer.${seed}`, [64, 100 * seed], seed)); });
      const holder = await hold(store, 'a');
      await workbench.runCommand('Coral: Prune Local...');
      await workbench.toast(new RegExp(`weights\\.h5 is held by python3.* \\(pid ${holder.pid}\\); waiting`)).waitFor();
      await workbench.screenshots('store-held');
      await holder.release();
      await workbench.tab('Prune of repo').waitFor();
      assert.match(await workbench.typeWrongly('rep'), /Type "repo"/);
      await workbench.screenshots('prune-typed');
      await workbench.answer('repo');
      await workbench.toast(/Pruned 3 weights from repo\. Freed [\d.]+ kB\./).waitFor();
      assert.deepEqual(dumpStore(store), whole);
    });
  });
});
