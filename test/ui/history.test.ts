import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { writeCommit, writeRef, writeTag } from '../samples/commit';
import { loadCore } from '../samples/core';
import { dumpStore } from '../samples/dumpStore';
import { makeSampleRepository } from '../samples/model';
import { assertShows, copyOf, inWorkbench, newFolder } from './shared';

describe('the History view', () => {
  it('shows commits, refs and tags, what each commit changed, and moves weights up to one', async function () {
    this.timeout(240_000);
    const { root, originFolder, commits: [first, second] } = await makeSampleRepository(await loadCore(), await newFolder());
    const commit = async (hash: string): Promise<Record<string, string>> => (
      (JSON.parse(await readFile(join(root, '.coral/objects/commits', `${hash}.json`), 'utf8')) as { weight_hashes: Record<string, string> }).weight_hashes);
    const { 'classifier.weight': dropped, ...kept } = await commit(second!);
    const tip = await writeCommit(root, { message: 'Drop the classifier', time: new Date(Date.now() - 5 * 60_000), weights: kept, merged: [first!], tags: ['merge'] });
    await writeRef(root, 'refs/heads/trial/small-head', second!);
    await writeTag(root, 'v1.0', first!, 'as published');
    await writeFile(join(originFolder, 'refs.json'), JSON.stringify({ refs: { main: first, adapter: '9f3a61c2'.repeat(4) } }));
    await inWorkbench('history', root, async (workbench) => {
      await workbench.runCommand('Coral: Show History');
      workbench.view = 'History';
      await workbench.row('origin/main').waitFor();
      await workbench.row('origin/adapter').waitFor();
      assertShows(
        await workbench.rows(), /^\(origin\/adapter\) is at 9f3a61c2, which is not here yet/, /^\(main\) Drop the classifier merge · Sample Author, \d min ago/,
        /^\(trial\/small-head\) Fine-tune the last two layers/, /^\(origin\/main\) Import the base model v1\.0 · Sample Author, 2 days ago/,
      );
      await workbench.widenSidebar(300);
      await workbench.expand('Drop the classifier');
      await workbench.until(() => workbench.mark('classifier.weight'), (mark) => mark === 'D');
      await workbench.screenshots('history');
      await workbench.row('Drop the classifier').locator('.monaco-tl-twistie').click();
      await workbench.expand('Fine-tune');
      await workbench.until(() => workbench.mark('classifier.weight'), (mark) => mark === 'A');
      await workbench.until(() => workbench.mark('encoder.layers.4.attention.key.bias'), (mark) => mark === 'M');
      await workbench.screenshots('history-changes');
      await workbench.choose('classifier.weight', 'Copy Weight Hash');
      await workbench.until(() => workbench.clipboard(), (text) => text === dropped);
      await workbench.row('Fine-tune').locator('.monaco-tl-twistie').click();

      await workbench.choose('Import the base model', 'Copy Commit Hash');
      await workbench.until(() => workbench.clipboard(), (text) => text === first);
      await workbench.choose('Fine-tune', 'Push Up to Here...');
      await workbench.toast(/Pushed 31 weights .* to origin/).waitFor();
      assert.deepEqual(Object.keys(dumpStore(join(originFolder, 'weights.h5'))).filter((hash) => Object.values(kept).includes(hash)).length, Object.keys(kept).length);

      await workbench.closeToasts();
      await workbench.runCommand('Coral: Copy Commit Hash');
      await workbench.quickInput.locator('.monaco-list-row', { hasText: 'Drop the classifier' }).waitFor();
      await workbench.screenshots('history-pick');
      await workbench.pick('Drop the classifier');
      await workbench.until(() => workbench.clipboard(), (text) => text === tip);
    });
  });

  it('a detached HEAD, a damaged commit, no commits', async () => {
    const detached = await copyOf('branches');
    const path = join(detached.folder, 'repo-detached/.coral/objects/commits/a71793267329d0aaf28b2efb5d0427d6.json');
    await writeFile(path, (await readFile(path, 'utf8')).slice(0, 100));
    await inWorkbench('history-detached', join(detached.folder, 'repo-detached'), async (workbench) => {
      workbench.view = 'History';
      await workbench.row('HEAD').waitFor();
      assertShows(await workbench.rows(), /^\(HEAD, idle\) merge dev v1\.0, merge · Anonymous/, /^a7179326 cannot be read; nor can what came before it/);
      await workbench.screenshots('history-detached');
      await workbench.row('a7179326').click();
      await workbench.tab('a71793267329d0aaf28b2efb5d0427d6.json').waitFor();
    });
    const empty = await copyOf('empty');
    await inWorkbench('history-empty', empty.repository, async (workbench) => {
      workbench.view = 'History';
      assert.match(await workbench.until(() => workbench.welcome(), (text) => text !== ''), /No commits yet\. Stage weights with "coral add"/);
      await workbench.screenshots('history-empty');
    });
  });
});
