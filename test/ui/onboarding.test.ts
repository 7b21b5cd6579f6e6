import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { writeCommit } from '../samples/commit';
import { loadCore } from '../samples/core';
import { dumpStore } from '../samples/dumpStore';
import { makeSampleRepository } from '../samples/model';
import { Session } from './session';
import { inWorkbench, newFolder } from './shared';
import type { Workbench } from './workbench';

describe('what people meet first', () => {
  it('the walkthrough shows its steps with pictures, the settings say what they do', async () => {
    const manifest = JSON.parse(await readFile('package.json', 'utf8')) as { contributes: { configuration: { properties: Record<string, { scope?: string }> } } };
    const names = JSON.parse(await readFile('package.nls.json', 'utf8')) as Record<string, string>;
    await inWorkbench('onboarding', undefined, async (workbench) => {
      const { page } = workbench;
      await workbench.runCommand('Welcome: Open Walkthrough...');
      await workbench.pick('Get Started with Coral');
      const steps = page.locator('.gettingStartedContainer .step-title');
      await steps.first().waitFor();
      const titles = ['open', 'add', 'compare', 'move', 'look'].map((step) => names[`walkthrough.${step}.title`]);
      assert.deepEqual(await steps.allInnerTexts(), titles);
      await page.setViewportSize({ width: 1600, height: 900 }); // pictures take room
      await steps.nth(3).click();
      await page.locator('.gettingStartedContainer img:visible').first().waitFor();
      await workbench.screenshots('walkthrough');

      await workbench.runCommand('Preferences: Open Settings (UI)');
      await page.locator('.settings-editor .suggest-input-container .native-edit-context, .settings-editor .suggest-input-container textarea').first().focus();
      await page.keyboard.type('@ext:coral-ml.coral-vscode');
      const ofUsers = Object.values(manifest.contributes.configuration.properties).filter(({ scope }) => scope?.startsWith('machine') !== true);
      await page.locator('.settings-count-widget', { hasText: new RegExp(`^${ofUsers.length} Settings Found`) }).waitFor();
      await page.locator('.settings-editor .settings-toc-entry', { hasText: 'Coral' }).click(); // nothing is suggested any more
      await workbench.screenshots('settings');
    });
  });

  it('steps that were done are ticked: before the walkthrough was opened, and in another window', async function () {
    this.timeout(240_000);
    const { root } = await makeSampleRepository(await loadCore(), await newFolder());
    const fresh = Session.start(); // nothing was done there
    const openWalkthrough = async (workbench: Workbench): Promise<void> => {
      await workbench.runCommand('Welcome: Open Walkthrough...');
      await workbench.pick('Get Started with Coral');
      await boxes(workbench).first().waitFor();
    };
    const boxes = ({ page }: Workbench) => page.locator('.gettingStartedContainer .getting-started-step [role="checkbox"]');
    const ticked = (workbench: Workbench): Promise<boolean[]> => boxes(workbench).evaluateAll(
      (found: readonly { getAttribute(name: string): string | null }[]) => found.map((box) => box.getAttribute('aria-checked') === 'true'));
    const isDone = (done: readonly boolean[]): boolean => done.length === 5 && done.every(Boolean);
    try {
      await inWorkbench('nothing-done', undefined, async (workbench) => {
        await openWalkthrough(workbench);
        assert.deepEqual(await ticked(workbench), [false, false, false, false, false]);
      }, fresh);
      await inWorkbench('steps-done', root, async (workbench) => {
        await workbench.until(() => workbench.statusBar(), (text) => text === 'origin 2↓ 31↑');
        await workbench.runCommand('Coral: Push');
        await workbench.toast(/Pushed 31 weights/).waitFor();
        for (const row of ['origin', 'To pull', /^adapter ?2/]) await workbench.expand(row);
        await workbench.row(/^down\.weight/).click();
        await workbench.webview().getByText('Its values are not here').waitFor();
        await openWalkthrough(workbench);
        await workbench.until(() => ticked(workbench), isDone);
        await workbench.screenshots('walkthrough-done');
      }, fresh);
      await inWorkbench('steps-remembered', undefined, async (workbench) => {
        await openWalkthrough(workbench);
        await workbench.until(() => ticked(workbench), isDone);
      }, fresh);
    } finally {
      await (await fresh).stop();
    }
  });

  it('a remote with auto_push gets a commit soon after it was made, and the window says so', async () => {
    const core = await loadCore();
    const { root, originFolder } = await makeSampleRepository(core, await newFolder());
    const repository = await core.Repository.open(root);
    await repository.editRemote('origin', { autoPush: true });
    await inWorkbench('auto-push', root, async (workbench) => {
      await workbench.until(() => workbench.statusBar(), (text) => text === 'origin 2↓ 31↑');
      // The first push is the person's own.
      await workbench.runCommand('Coral: Push');
      await workbench.until(() => workbench.statusBar(), (text) => text === 'origin 2↓');
      await workbench.closeToasts();
      const commit = await writeCommit(root, { message: 'One more step', time: new Date(), weights: {} });
      const arrived = join(originFolder, 'commits', `${commit}.json`);
      await workbench.until(() => readFile(arrived, 'utf8').catch(() => ''), (text) => text !== '');
      await workbench.until(() => workbench.statusBar(), (text) => text === 'origin 2↓');
      await workbench.screenshots('auto-push');
      assert.deepEqual(await workbench.toasts(), []);
      assert.ok((await readFile(arrived, 'utf8')).includes('One more step'));
      const here = Object.keys(dumpStore(join(root, '.coral/objects/weights.h5')));
      const there = new Set(Object.keys(dumpStore(join(originFolder, 'weights.h5'))));
      assert.deepEqual(here.filter((hash) => !there.has(hash)), []);
    });
  });
});
