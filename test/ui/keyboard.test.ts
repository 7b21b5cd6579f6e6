import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { dumpStore } from '../samples/dumpStore';
import { copyOf, inWorkbench } from './shared';

describe('the keyboard alone', () => {
  it('walks the tree, opens a weight and its menu, and pushes what is selected', async () => {
    const { folder, repository } = await copyOf('ahead-behind');
    await inWorkbench('keyboard', repository, async (workbench) => {
      const press = async (...keys: readonly string[]): Promise<void> => {
        for (const key of keys) await workbench.page.keyboard.press(key);
      };
      /** What a screen reader says of the row in focus. */
      const focused = async (): Promise<string> => await workbench.pane.locator('.monaco-list-row.focused').getAttribute('aria-label') ?? '';
      const goTo = async (label: RegExp): Promise<void> => {
        for (let steps = 0; steps < 12 && !label.test(await focused()); steps += 1) await press('ArrowDown');
        assert.match(await focused(), label);
      };
      await workbench.row(/2↓ 3↑/).waitFor();
      await workbench.runCommand('Coral: Focus on Remotes View');
      await press('Home');
      assert.match(await focused(), /^Remote, origin, .*2 weights to pull, 3 weights to push/);
      await press('ArrowRight');
      await workbench.row('To push').waitFor();
      await goTo(/^To push: 3 weights/);
      await press('ArrowRight');
      await workbench.row(/^m0/).waitFor();
      await goTo(/\bm0\b/);
      await press('Enter');
      await workbench.webview().getByRole('heading', { name: 'm0' }).waitFor();

      await workbench.runCommand('Coral: Focus on Remotes View');
      assert.match(await focused(), /\bm0\b/, 'the focus is where it was');
      await press('Shift+F10');
      await workbench.page.locator('.context-view .action-label', { hasText: 'Copy Weight Hash' }).waitFor();
      await workbench.screenshots('keyboard-menu');
      for (let steps = 0; steps < 12; steps += 1) {
        if (await workbench.page.locator('.context-view .action-item.focused', { hasText: 'Push Selected Weights' }).count() > 0) break;
        await press('ArrowDown');
      }
      await press('Enter');
      await workbench.toast(/Pushed 1 weight /).waitFor();
      const names = Object.values(dumpStore(join(folder, 'remote/weights.h5'))).map(({ attrs }) => attrs['name']);
      assert.deepEqual(['m0', 'm1', 'm2'].filter((name) => names.includes(name)), ['m0']);
    });
  });
});
