import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { loadCore } from '../samples/core';
import { dumpStore } from '../samples/dumpStore';
import { makeSampleRepository } from '../samples/model';
import { makePythonRepository } from '../samples/pythonRepository';
import { assertShows, inWorkbench, newFolder, s3Server } from './shared';

describe('the Coral view and its commands', () => {
  it('shows what is to push, to pull and in sync; Push from the palette sends it', async () => {
    const { root, originFolder } = await makeSampleRepository(await loadCore(), await newFolder());
    const remoteStore = join(originFolder, 'weights.h5');
    const before = dumpStore(remoteStore);
    await inWorkbench('push', root, async (workbench) => {
      await workbench.expand('origin');
      assertShows(await workbench.rows(), /^origin 2↓ 31↑ · file:\/\//, /^ +To push 31/, /^ +To pull 2/, /^ +Synced 87/);
      await workbench.expand('To push');
      assertShows(await workbench.rows(), /classifier\.weight [0-9a-f]{8}… float16 \[16, 128\] 4\.1 kB/);
      assert.equal(await workbench.statusBar(), 'origin 2↓ 31↑');
      await workbench.screenshots('tree');

      await workbench.runCommand('Coral: Push');
      await workbench.toast(/Pushed 31 weights \([\d.]+ MB\) to origin in [\d.]+ s\./).waitFor();
      await workbench.until(() => workbench.statusBar(), (text) => text === 'origin 2↓');
      await workbench.until(() => workbench.rows(), (seen) => seen.some((row) => /^ +Synced 118/.test(row)));
      await workbench.screenshots('pushed');
      assert.deepEqual(dumpStore(remoteStore), { ...before, ...dumpStore(join(root, '.coral/objects/weights.h5')) });

      await workbench.runCommand('Coral: Pull');
      await workbench.toast(/Pulled 2 weights .* from origin/).waitFor();
      await workbench.until(() => workbench.statusBar(), (text) => text === 'origin');
      assert.deepEqual(dumpStore(join(root, '.coral/objects/weights.h5')), dumpStore(remoteStore));
    });
  });

  it('pushes to a real S3 server, picked from two remotes', async function () {
    const server = await s3Server();
    if (!server) return this.skip();
    const core = await loadCore();
    const { root } = await makeSampleRepository(core, await newFolder());
    const repository = await core.Repository.open(root);
    await repository.addRemote('cloud', `minio://${new URL(server.endpoint).host}/${await server.newBucket()}/sample`);
    await inWorkbench('s3', root, async (workbench) => {
      await workbench.until(() => workbench.rows(), (seen) => seen.some((row) => /^cloud 118↑/.test(row)));
      await workbench.runCommand('Coral: Push');
      await workbench.quickInput.locator('.monaco-list-row').first().waitFor();
      await workbench.screenshot('pick-remote');
      await workbench.pick('cloud');
      await workbench.toast(/Pushed 118 weights/).waitFor({ timeout: 60_000 });
      await workbench.until(() => workbench.rows(), (seen) => seen.some((row) => row.startsWith('cloud in sync')));
    });
    const status = await repository.getSyncStatus('cloud', { credentials: server });
    assert.deepEqual([status.ahead, status.behind, status.synced].map(({ length }) => length), [0, 0, 118]);
  });

  it('a push can be watched and cancelled, and the next one sends the rest', async function () {
    this.timeout(240_000);
    const repository = await makePythonRepository(64, 4 * 1024 * 1024);
    try {
      await inWorkbench('cancel', repository.root, async (workbench) => {
        await workbench.row(/origin.*64↑/).waitFor();
        await workbench.runCommand('Coral: Push');
        const toast = workbench.toast(/Pushing to origin: [1-9]\d* of 64 weights · [\d.]+ (of [\d.]+ )?[kM]B/);
        await toast.waitFor();
        assert.match(await workbench.statusBar(), /^\d+ %/);
        await workbench.screenshot('progress');
        const asked = Date.now();
        await toast.locator('.monaco-button', { hasText: 'Cancel' }).click();
        await workbench.toast(/Push to origin cancelled: \d+ weights? (is|are) there; push again/).waitFor();
        console.log(`      cancelled in ${Date.now() - asked} ms`);
        await workbench.screenshot('cancelled');
        const sent = Object.keys(dumpStore(repository.remoteStore)).length;
        assert.ok(sent > 0 && sent < 64, `${sent} of 64 weights were sent`);

        await workbench.closeToasts();
        await workbench.runCommand('Coral: Push');
        await workbench.toast(new RegExp(`Pushed ${64 - sent} weights`)).waitFor({ timeout: 120_000 });
        assert.deepEqual(dumpStore(repository.remoteStore), dumpStore(repository.store));
      });
    } finally {
      await repository.remove();
    }
  });

  it('Copy Weight Hash copies the whole hash of the selected weight', async () => {
    const { root } = await makeSampleRepository(await loadCore(), await newFolder());
    const [hash] = Object.entries(dumpStore(join(root, '.coral/objects/weights.h5'))).find(([, { attrs }]) => attrs['name'] === 'classifier.weight')!;
    await inWorkbench('copy-hash', root, async (workbench) => {
      await workbench.expand('origin');
      await workbench.expand('To push');
      await workbench.row('classifier.weight').click({ button: 'right' });
      await workbench.page.locator('.context-view .action-label', { hasText: 'Copy Weight Hash' }).click();
      assert.equal(await workbench.until(() => workbench.clipboard(), (text) => text !== ''), hash);
    });
  });
});
