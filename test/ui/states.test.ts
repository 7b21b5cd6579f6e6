import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { FixtureCopy } from '../samples/fixtureCopy';
import { assertShows, inWorkbench, newFolder } from './shared';

describe('what the Coral view says when there is nothing to show, or something is wrong', () => {
  const copies: FixtureCopy[] = [];
  const copyOf = async (name: string): Promise<FixtureCopy> => {
    const copy = await FixtureCopy.of(name);
    copies.push(copy);
    return copy;
  };
  afterEach(async () => {
    await Promise.all(copies.splice(0).map((copy) => copy.remove()));
  });

  it('no folder: offers to open one', async () => {
    await inWorkbench('no-folder', undefined, async (workbench) => {
      assert.match(await workbench.welcome(), /Open Folder/);
      assert.equal(await workbench.statusBar(), '');
      await workbench.screenshots('welcome-no-folder');
    });
  });

  it('no repository: says so', async () => {
    await inWorkbench('no-repository', await newFolder(), async (workbench) => {
      assert.match(await workbench.welcome(), /repository/i);
      await workbench.screenshots('welcome-no-repository');
    });
  });

  it('no remotes: offers to add one', async () => {
    const { repository } = await copyOf('empty');
    await inWorkbench('no-remotes', repository, async (workbench) => {
      await workbench.until(() => workbench.welcome(), (text) => text.includes('Add Remote'));
      await workbench.screenshots('welcome-no-remotes');
    });
  });

  it('a damaged remotes.json: a button opens it', async () => {
    const { repository } = await copyOf('basic');
    await copyFile('test/fixtures/remotes/remotes-bad-json.json', join(repository, '.coral/remotes.json'));
    await inWorkbench('damaged', repository, async (workbench) => {
      await workbench.until(() => workbench.welcome(), (text) => text.includes('remotes.json'));
      await workbench.screenshots('welcome-damaged-remotes');
      await workbench.page.locator('.sidebar .welcome-view-content .monaco-button:visible').first().click();
      await workbench.page.locator('.tabs-container .tab', { hasText: 'remotes.json' }).waitFor();
    });
  });

  it('a remote that does not answer: the row says why, the status bar shows it', async () => {
    const { repository } = await copyOf('basic');
    await writeFile(join(repository, '.coral/remotes.json'), JSON.stringify({
      away: { url: 's3://models/encoder', backend: 's3', endpoint_url: 'http://127.0.0.1:9' },
    }));
    await inWorkbench('unreachable', repository, async (workbench) => {
      await workbench.row(/away.*not reachable/).waitFor();
      await workbench.expand('away');
      assertShows(await workbench.rows(), /127\.0\.0\.1:9/);
      await workbench.screenshots('unreachable');
      await workbench.runCommand('Coral: Push');
      await workbench.toast('127.0.0.1:9').waitFor();
      await workbench.screenshot('unreachable-push');
    });
  });
});
