import { join } from 'node:path';
import { describe, it } from 'mocha';
import { writeCommit } from '../samples/commit';
import { loadCore } from '../samples/core';
import { assertShows, copyOf, inWorkbench, newFolder } from './shared';

describe('what differs besides weights', () => {
  it('commits to push, a diverged branch, and which remote is the default are said in words', async () => {
    const { Repository } = await loadCore();
    const { repository: root } = await copyOf('basic');
    const [shared, backup, other] = [await newFolder(), await newFolder(), join(await newFolder(), 'other')];
    const repository = await Repository.open(root);
    await repository.removeRemote('origin');
    await repository.addRemote('shared', `file://${shared}`);
    await repository.addRemote('backup', `file://${backup}`);
    for (const name of ['shared', 'backup']) await repository.push(name);
    const tip = (await repository.log())[0]!;
    await Repository.clone(`file://${backup}`, other);
    await writeCommit(other, { message: 'Elsewhere', time: new Date(), weights: tip.weightHashes });
    await (await Repository.open(other)).push('origin');
    await writeCommit(root, { message: 'Here', time: new Date(), weights: tip.weightHashes });
    const { branch = '' } = await (await Repository.open(root)).head();
    await inWorkbench('differences', root, async (workbench) => {
      await workbench.widenSidebar(420);
      await workbench.row(/shared.*1 commit to push/).waitFor();
      await workbench.row(/backup.*diverged/).waitFor();
      assertShows(await workbench.rows(), /^shared 1 commit to push · default · file:/, new RegExp(`^backup ${branch} diverged, 1 commit to pull, 1 commit to push · file:`));
      await workbench.until(() => workbench.statusBar(), (text) => text.includes('shared 1 commit to push'));
      await workbench.row('backup').hover();
      await workbench.page.locator('.workbench-hover', { hasText: `${branch} and backup/${branch} have diverged: 1 commit only here, 1 only there` }).waitFor();
      await workbench.screenshots('differences');
      workbench.view = 'History';
      await workbench.row(`${branch} and backup/${branch} have diverged`).waitFor();
      await workbench.screenshots('history-diverged');
    });
  });
});
