import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { loadCore } from '../samples/core';
import { makeSampleRepository } from '../samples/model';
import { startFaultProxy } from '../servers/faultProxy';
import { assertShows, copyOf, inWorkbench, newFolder, s3Server } from './shared';

describe('weights in the Coral view', () => {
  it('in modules or by hash, found, filtered, and pushed by the module; the layout is remembered', async () => {
    const { root } = await makeSampleRepository(await loadCore(), await newFolder());
    await inWorkbench('weights', root, async (workbench) => {
      for (const row of ['origin', 'To push', 'encoder.layers', /^5 ?14/, /^norm/]) await workbench.expand(row);
      await workbench.widenSidebar(300);
      await workbench.until(() => workbench.mark(/^bias/), (mark) => mark === 'M');
      await workbench.screenshots('tree-modules');

      await workbench.runCommand('Coral: Find Weight...');
      await workbench.quickInput.locator('input.input').fill('layers.4.mlp up');
      await workbench.quickInput.locator('.monaco-list-row', { hasText: 'encoder.layers.4.mlp.up.bias' }).first().waitFor();
      await workbench.screenshots('find-weight');
      await workbench.pick('encoder.layers.4.mlp.up.weight');
      const selected = workbench.pane.locator('.monaco-list-row.selected');
      await workbench.until(async () => (await selected.allInnerTexts()).join(), (text) => /^weight/.test(text));
      assertShows(await workbench.rows(), /^ {4}encoder\.layers 28/, /^ {6}4 14/, /^ {8}mlp 4/, /^ {10}up 2/, /^ {12}weight [0-9a-f]{8}…/);

      await workbench.runCommand('Coral: Filter Weights...');
      await workbench.answer('*.MLP.*.bias');
      await workbench.until(() => workbench.rows(), (rows) => rows.some((row) => /^ +To push 4 of 31 · /.test(row)));
      await workbench.pane.getByText('Showing weights that match "*.MLP.*.bias"').waitFor();
      assertShows(await workbench.rows(), /^ +Synced 12 of 87/);
      await workbench.screenshots('filter');
      await workbench.runCommand('Coral: Clear Filter');
      await workbench.until(() => workbench.rows(), (rows) => rows.some((row) => /^ +To push 31 · /.test(row)));

      await workbench.choose(/^4 ?14/, 'Push Selected Weights');
      await workbench.toast(/Pushed 14 weights/).waitFor();
      await workbench.row(/^origin.*2↓ 17↑/).waitFor();
      await workbench.runCommand('Coral: View as Flat List by Hash');
      await workbench.until(() => workbench.rows(), (rows) => rows.some((row) => /^ {4}[0-9a-f]{16} encoder\.layers\.5\.\S+ float16 \[/.test(row)));
      await workbench.closeToasts();
      await workbench.screenshots('tree-flat');
    });
    await inWorkbench('weights-again', root, async (workbench) => {
      for (const row of ['origin', 'To push']) await workbench.expand(row);
      assertShows(await workbench.rows(), /^ {4}[0-9a-f]{16} \S+ /);
    });
  });

  it('a remote that went away: the row says when it was seen last, and Retry brings it back', async function () {
    const server = await s3Server();
    if (!server) {
      this.test!.title += ' (skipped: no S3 server)';
      return this.skip();
    }
    const proxy = await startFaultProxy(server.endpoint);
    try {
      const { repository } = await copyOf('ahead-behind');
      const bucket = await server.newBucket();
      await writeFile(join(repository, '.coral/remotes.json'), JSON.stringify({ cloud: { url: `s3://${bucket}/encoder/`, backend: 's3', endpoint_url: proxy.endpoint } }));
      await inWorkbench('before', repository, async (workbench) => {
        await workbench.row(/^cloud.*5↑.*checked \d\d:\d\d/).waitFor();
        await workbench.leave();
      });
      proxy.fault = () => ({ kind: 'reset' });
      await inWorkbench('away', repository, async (workbench) => {
        await workbench.row(/^cloud.*not reachable · last seen at \d\d:\d\d · 5↑/).waitFor({ timeout: 60_000 });
        await workbench.expand('cloud');
        assertShows(await workbench.rows(), /^ {2}To push 5$/);
        await workbench.widenSidebar(300);
        await workbench.screenshots('offline');
        proxy.fault = () => undefined;
        const error = workbench.pane.locator('.monaco-list-row[aria-label^="Error"]');
        await error.hover();
        await error.locator('.action-label[aria-label="Retry"]').click();
        await workbench.row(/^cloud.*5↑ · s3:.*checked/).waitFor();
        assert.equal(await error.count(), 0);
      });
    } finally {
      await proxy.close();
    }
  });
});
