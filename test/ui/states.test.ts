import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { writeRemotes } from '../samples/pythonRepository';
import { Session } from './session';
import { assertShows, copyOf, inWorkbench, newFolder, s3Server } from './shared';

describe('what the Coral view says when there is nothing to show, or something is wrong', () => {
  it('no folder: offers to open one', async () => {
    await inWorkbench('no-folder', undefined, async (workbench) => {
      assert.match(await workbench.welcome(), /Open Folder/);
      assert.equal(await workbench.statusBar(), '');
      await workbench.screenshots('welcome-no-folder');
    });
  });

  it('no repository: says so; so do the commands, which can be found all the same', async () => {
    await inWorkbench('no-repository', await newFolder(), async (workbench) => {
      await workbench.until(() => workbench.welcome(), (text) => /no Coral repository/.test(text));
      await workbench.screenshots('welcome-no-repository');
      await workbench.runCommand('Coral: Push');
      await workbench.toast('There is no Coral repository in this window').waitFor();
      await workbench.screenshots('push-without-repository');
    });
  });

  it('a damaged remotes.json: a button opens it', async () => {
    const { repository } = await copyOf('basic');
    await copyFile('test/fixtures/remotes/remotes-bad-json.json', join(repository, '.coral/remotes.json'));
    await inWorkbench('damaged', repository, async (workbench) => {
      await workbench.until(() => workbench.welcome(), (text) => text.includes('remotes.json'));
      await workbench.screenshots('welcome-damaged-remotes');
      await workbench.welcomeButton('Open remotes.json').click();
      await workbench.tab('remotes.json').waitFor();
    });
  });

  it('a store that cannot be read, and no remote to fetch it from: says where to look', async () => {
    const { repository } = await copyOf('basic');
    await writeRemotes(repository, {});
    await copyFile('test/fixtures/corrupt/text.h5', join(repository, '.coral/objects/weights.h5'));
    await inWorkbench('unreadable', repository, async (workbench) => {
      await workbench.until(() => workbench.welcome(), (text) => /cannot be read.*weights\.h5/.test(text));
      await workbench.screenshots('welcome-unreadable');
      await workbench.welcomeButton('Show Log').click();
      await workbench.page.locator('.part.panel .view-lines', { hasText: /weights\.h5/ }).waitFor();
    });
  });

  it('a folder that is not trusted: nothing is read or asked until it is, then everything is there', async () => {
    const { repository } = await copyOf('basic');
    const restricted = await Session.start({ restricted: true });
    try {
      await inWorkbench('untrusted', repository, async (workbench) => {
        await workbench.until(() => workbench.welcome(), (text) => text.includes('only in a trusted workspace'));
        assert.equal(await workbench.statusBar(), '');
        await workbench.screenshots('welcome-untrusted');
        await workbench.runCommand('Coral: Push');
        await workbench.toast('trusted').waitFor();
        await workbench.welcomeButton('Manage Workspace Trust').click();
        await workbench.page.locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ }).click();
        await workbench.row(/origin/).waitFor();
      }, Promise.resolve(restricted));
    } finally {
      await restricted.stop();
    }
  });

  it('a remote that does not answer: row, status bar and push say so', async () => {
    const { repository } = await copyOf('basic');
    await writeFile(join(repository, '.coral/remotes.json'), JSON.stringify({
      away: { url: 's3://models/encoder', backend: 's3', endpoint_url: 'http://127.0.0.1:9' },
    }));
    await inWorkbench('unreachable', repository, async (workbench) => {
      await workbench.row(/away.*not reachable/).waitFor({ timeout: 60_000 });
      await workbench.expand('away');
      assertShows(await workbench.rows(), /127\.0\.0\.1:9/);
      assert.equal(await workbench.statusBar(), 'away not reachable');
      await workbench.screenshots('unreachable');
      await workbench.runCommand('Coral: Push');
      await workbench.toast('127.0.0.1:9').waitFor({ timeout: 60_000 });
      await workbench.screenshots('unreachable-push');
    });
  });

  it('a damaged weight: the push says which, and the others are there', async () => {
    const { folder, repository } = await copyOf('empty');
    await copyFile('test/fixtures/corrupt/flipped-byte-gzip.h5', join(repository, '.coral/objects/weights.h5'));
    await writeRemotes(repository, { origin: `file://${join(folder, 'remote')}` });
    await inWorkbench('partial', repository, async (workbench) => {
      await workbench.row(/origin.*4↑/).waitFor();
      await workbench.runCommand('Coral: Push');
      const toast = workbench.toast(/Pushed 3 of 4 weights to origin\. 1 failed: .*34f275a6f9f99cf1/);
      await toast.waitFor();
      await workbench.row(/origin.*1↑/).waitFor();
      await workbench.screenshots('partial');
      await toast.locator('.monaco-button', { hasText: 'Show Details' }).click();
      await workbench.tab('Push to origin').waitFor();
      await workbench.screenshots('partial-details');
    });
  });

  it('a bucket that is missing can be created from the error; keys that are refused are told apart', async function () {
    const server = await s3Server();
    if (!server || server.gaps.has('auth')) {
      this.test!.title += ' (skipped: no S3 server that checks keys)';
      return this.skip();
    }
    const { repository } = await copyOf('basic');
    const bucket = (await server.newBucket()).replace('test', 'missing');
    await writeFile(join(repository, '.coral/remotes.json'), JSON.stringify({
      cloud: { url: `s3://${bucket}/encoder/`, backend: 's3', endpoint_url: server.endpoint },
    }));
    await inWorkbench('missing-bucket', repository, async (workbench) => {
      await workbench.row('cloud').waitFor();
      await workbench.runCommand('Coral: Push');
      const toast = workbench.toast(bucket);
      await toast.waitFor();
      await workbench.screenshots('missing-bucket');
      await toast.locator('.monaco-button', { hasText: 'Create Bucket' }).click();
      await workbench.toast(/Pushed \d+ weights .* to cloud/).waitFor();
      await workbench.row(/cloud.*in sync/).waitFor();
      await workbench.closeToasts();

      await workbench.runCommand('Coral: Set Credentials...');
      for (const answer of ['NOBODY', 'nothing', '']) await workbench.answer(answer);
      await workbench.row(/cloud.*no access/).waitFor();
      await workbench.runCommand('Coral: Pull');
      await workbench.toast('refused the credentials').waitFor();
      await workbench.toast('Pulling from cloud').waitFor({ state: 'detached' });
      await workbench.expand('cloud');
      await workbench.screenshots('refused');
    });
  });
});
