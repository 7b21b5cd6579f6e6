import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { loadCore } from '../samples/core';
import { dumpStore } from '../samples/dumpStore';
import { makeSampleRepository } from '../samples/model';
import { inWorkbench, newFolder } from './shared';

describe('previews, and the question before a sync', () => {
  it('the status bar asks with the plan; details show it whole, and go on from there', async () => {
    const { root, originFolder } = await makeSampleRepository(await loadCore(), await newFolder());
    const stores = [join(originFolder, 'weights.h5'), join(root, '.coral/objects/weights.h5')];
    const before = stores.map((store) => dumpStore(store));
    await inWorkbench('preview', root, async (workbench) => {
      const { page } = workbench;
      await workbench.until(() => workbench.statusBar(), (text) => text === 'origin 2↓ 31↑');
      await workbench.choose(/^origin/, 'Preview Push');
      await workbench.tab('Push to origin (Preview)').waitFor();
      await page.locator('.editor-instance .codelens-decoration', { hasText: 'Preview Again' }).waitFor();
      await workbench.screenshots('preview-push');

      await workbench.coralStatus.first().click();
      await workbench.dialog.waitFor();
      await workbench.screenshots('sync-question');
      const question = await workbench.answerDialog('Show Details');
      assert.match(question, /Sync main with origin\? 31 weights \([\d.]+ MB\) and 2 commits will be pushed, 2 \([\d.]+ kB\) pulled\./);
      await workbench.tab('Sync with origin (Preview)').waitFor();
      await page.locator('.view-line', { hasText: 'pulled.' }).first().waitFor();
      await workbench.screenshots('preview-sync');
      assert.deepEqual(stores.map((store) => dumpStore(store)), before);

      await page.locator('.codelens-decoration a', { hasText: /^Sync$/ }).click();
      await workbench.toast(/Synced 2↓ 31↑ weights/).waitFor();
      assert.deepEqual(dumpStore(stores[0]!), dumpStore(stores[1]!));
    });
  });
});
