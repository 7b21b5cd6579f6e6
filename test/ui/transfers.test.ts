import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'mocha';
import { loadCore } from '../samples/core';
import { dumpStore } from '../samples/dumpStore';
import { makeSampleRepository } from '../samples/model';
import { makePythonRepository } from '../samples/pythonRepository';
import { assertShows, inWorkbench, newFolder, s3Server } from './shared';

describe('the Coral view and its commands', () => {
  it('shows what is to push, to pull and in sync; Push and Pull from the palette move it', async () => {
    const { root, originFolder } = await makeSampleRepository(await loadCore(), await newFolder());
    const remoteStore = join(originFolder, 'weights.h5');
    const localStore = join(root, '.coral/objects/weights.h5');
    const before = dumpStore(remoteStore);
    await inWorkbench('push', root, async (workbench) => {
      await workbench.expand('origin');
      assertShows(await workbench.rows(), /^origin 2↓ 31↑ · file:\/\//, /^ +To push 31/, /^ +To pull 2/, /^ +Synced 87/);
      await workbench.expand('To push');
      assertShows(await workbench.rows(), /classifier\.weight [0-9a-f]{8}… float16 \[16, 128\] 4\.1 kB/);
      assertShows(await workbench.rows(), /^ {4}encoder\.layers 28 · \d+ kB/);
      for (const module of ['encoder.layers', /^4 ?14/, /^norm ?2/]) await workbench.expand(module);
      await workbench.until(() => workbench.mark('classifier.weight'), (mark) => mark === 'A');
      await workbench.until(() => workbench.mark(/^bias/), (mark) => mark === 'M');
      assert.equal(await workbench.statusBar(), 'origin 2↓ 31↑');
      await workbench.widenSidebar(300);
      await workbench.screenshots('tree');

      await workbench.choose('classifier.weight', 'Copy Weight Hash');
      const [hash] = Object.entries(dumpStore(localStore)).find(([, { attrs }]) => attrs['name'] === 'classifier.weight')!;
      await workbench.until(() => workbench.clipboard(), (text) => text === hash);
      assert.ok((await workbench.palette('Coral: Push')).includes('Coral: Push'));
      await workbench.screenshots('palette');

      await workbench.runCommand('Coral: Push');
      await workbench.toast(/Pushed 31 weights \([\d.]+ MB\) to origin in [\d.]+ s\./).waitFor();
      await workbench.until(() => workbench.statusBar(), (text) => text === 'origin 2↓');
      await workbench.until(() => workbench.rows(), (seen) => seen.some((row) => /^ +Synced 88 names, 118 contents/.test(row)));
      await workbench.screenshots('pushed');
      assert.deepEqual(dumpStore(remoteStore), { ...before, ...dumpStore(localStore) });

      await workbench.runCommand('Coral: Pull');
      await workbench.toast(/Pulled 2 weights .* from origin/).waitFor();
      await workbench.until(() => workbench.statusBar(), (text) => text === 'origin');
      assert.deepEqual(dumpStore(localStore), dumpStore(remoteStore));

      await workbench.runCommand('Coral: Show Log');
      await workbench.page.locator('.panel .view-line', { hasText: 'Push to origin: 31 weights' }).first().waitFor();
      await workbench.screenshots('log');
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
      await workbench.screenshots('pick-remote');
      await workbench.pick('cloud');
      await workbench.toast(/Pushed 118 weights/).waitFor({ timeout: 60_000 });
      await workbench.until(() => workbench.rows(), (seen) => seen.some((row) => row.startsWith('cloud in sync')));
    });
    const status = await repository.getSyncStatus('cloud', { credentials: server });
    assert.deepEqual([status.ahead, status.behind, status.synced].map(({ length }) => length), [0, 0, 118]);
  });

  it('a push can be watched and cancelled, and the next one sends the rest', async function () {
    this.timeout(240_000);
    const repository = await makePythonRepository(64, 1024 * 1024);
    const settings = join(repository.root, '.vscode/settings.json');
    await mkdir(dirname(settings));
    await writeFile(settings, '{ "coral.bandwidthLimit": 1 }'); // a minute: enough to watch it
    try {
      await inWorkbench('cancel', repository.root, async (workbench) => {
        await workbench.row(/origin.*64↑/).waitFor();
        await workbench.runCommand('Coral: Push');
        const toast = workbench.toast(/Pushing to origin: [1-9]\d* of 64 weights · [\d.]+ of 67\.1 MB · .*B\/s · .* left/);
        await toast.waitFor();
        assert.match(await workbench.statusBar(), /^\d+ %/);
        await workbench.screenshots('progress');
        const asked = Date.now();
        await toast.locator('.monaco-button', { hasText: 'Cancel' }).click();
        const cancelled = workbench.toast(/Push to origin cancelled: \d+ weights? (is|are) there; push again to send the rest/);
        await cancelled.locator('.monaco-button', { hasText: 'Push Again' }).waitFor();
        console.log(`      cancelled in ${Date.now() - asked} ms`);
        await workbench.screenshots('cancelled');
        const sent = Object.keys(dumpStore(repository.remoteStore)).length;
        assert.ok(sent > 0 && sent < 64, `${sent} of 64 weights were sent`);
        await workbench.until(() => workbench.rows(), ([row]) => row?.startsWith(`origin ${64 - sent}↑`) === true);

        await workbench.closeToasts();
        await rm(settings);
        await workbench.runCommand('Coral: Push');
        await workbench.toast(new RegExp(`Pushed ${64 - sent} weights`)).waitFor({ timeout: 120_000 });
        assert.deepEqual(dumpStore(repository.remoteStore), dumpStore(repository.store));
      });
    } finally {
      await repository.remove();
    }
  });
});
