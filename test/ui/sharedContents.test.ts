import { join } from 'node:path';
import { describe, it } from 'mocha';
import { loadCore } from '../samples/core';
import { makeSharedModel } from '../samples/sharedModel';
import { flipBit } from '../unit/repository/integrity/damage';
import { assertShows, inWorkbench, newFolder } from './shared';

describe('names, contents and damage in the Coral view', () => {
  it('twelve names of one content are twelve rows; versions name their commits; what a check found damaged is marked', async function () {
    this.timeout(240_000);
    const { root, zeros, heads, commits } = await makeSharedModel(await loadCore(), await newFolder());
    await inWorkbench('shared-contents', root, async (workbench) => {
      await workbench.page.setViewportSize({ width: 1280, height: 1300 });
      await workbench.widenSidebar(330);
      for (const row of ['origin', 'To push', 'To pull', 'Synced', /^blocks ?24/, /^3 ?2/, /^5 ?2/]) await workbench.expand(row);
      await workbench.until(() => workbench.rows(), (rows) => rows.some((row) => /^ +Synced 25 names, 14 contents · /.test(row)));
      const first = commits.first.slice(0, 8);
      assertShows(
        await workbench.rows(), /^ +head\.weight [0-9a-f]{8}…/, new RegExp(`^ +head\\.weight in ${first} \\(main~1\\) `), new RegExp(`^ +head\\.weight in ${commits.theirs.slice(0, 8)} \\(origin/tuned\\)`),
        new RegExp(`^ +bias in ${first} \\(main~1\\) +${zeros.slice(0, 8)}…`), new RegExp(`^ +bias ${zeros.slice(0, 8)}…`),
      );
      await workbench.screenshots('shared-names');
      await workbench.row(new RegExp(`^bias.*in ${first}`)).hover();
      await workbench.page.locator('.workbench-hover', { hasText: 'Also named: blocks.0.bias' }).waitFor();
      await workbench.page.screenshot({ path: 'out/shots/shared-hover.png', animations: 'disabled' });
      await workbench.page.mouse.move(900, 300);

      await workbench.runCommand('Coral: Find Weight...');
      await workbench.quickInput.locator('input.input').fill('bias');
      await workbench.quickInput.locator('.monaco-list-row', { hasText: 'blocks.11.bias' }).waitFor();
      await workbench.screenshots('shared-find');
      await workbench.page.keyboard.press('Escape');

      flipBit(join(root, '.coral/objects/weights.h5'), `weights/${heads.first}`);
      await workbench.runCommand('Coral: Check Integrity...');
      await workbench.pick('shared-model');
      await workbench.pick('Deep');
      await workbench.until(() => workbench.rows(), (rows) => rows.some((row) => /^ +head\.weight damaged +in /.test(row)));
      await workbench.until(() => workbench.statusBar(), (text) => /^origin 1↓ 2↑ 1 damaged$/.test(text));
      await workbench.closeToasts();
      await workbench.screenshots('damaged');
    });
  });
});
