import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, it } from 'mocha';
import type { TestS3 } from '../servers/s3';
import { copyOf, inWorkbench, s3Server } from './shared';
import type { Workbench } from './workbench';

describe('Add Remote and Edit Remote', () => {
  it('a folder: the view offers to add one; every answer is checked as it is typed, and can be gone back to', async () => {
    const { folder, repository } = await copyOf('empty');
    await inWorkbench('add-remote', repository, async (workbench) => {
      await workbench.until(() => workbench.welcome(), (text) => text.includes('Add Remote'));
      await workbench.screenshots('welcome-no-remotes');
      await workbench.welcomeButton('Add Remote').click();
      await asked(workbench, '(1/5)');
      await workbench.screenshots('add-remote-provider');
      await workbench.pick('Google Cloud Storage');
      await workbench.quickInput.locator('input[placeholder^="Coral for VS Code cannot reach Google Cloud Storage yet."]').waitFor();
      await workbench.pick('Amazon S3');
      await asked(workbench, '(2/5)');
      assert.match(await workbench.typeWrongly('s3://a?b/c'), /no name for a bucket/);
      await workbench.goBack();
      await workbench.pick('Folder');
      await asked(workbench, '(2/3)');
      assert.match(await workbench.typeWrongly('models'), /full path/);
      await workbench.screenshots('add-remote-folder');
      await workbench.answer(join(folder, 'shared'));
      assert.match(await workbench.typeWrongly('a/b'), /name/i);
      await workbench.screenshots('add-remote-name');
      await workbench.goBack();
      assert.equal(await workbench.quickInput.locator('input.input').inputValue(), join(folder, 'shared'));
      await workbench.answer(join(folder, 'other'));
      await workbench.answer('shared');
      await workbench.toast(`shared can be used: the first push makes ${join(folder, 'other')}`).waitFor();
      await workbench.row('shared').waitFor();
      assert.match(await readFile(join(repository, '.coral/remotes.json'), 'utf8'), new RegExp(`"url": "file://${join(folder, 'other')}"`));
    });
  });

  it('a bucket of a real S3 server: a wrong key, a missing bucket and a user who may only read are told apart and helped', async function () {
    this.timeout(240_000);
    const server = await s3Server();
    if (!server || server.gaps.has('auth')) {
      this.test!.title += ' (skipped: no S3 server that checks keys)';
      return this.skip();
    }
    const { repository } = await copyOf('empty');
    const missing = (await server.newBucket()).replace('test', 'new');
    const shared = await server.newBucket();
    const host = new URL(server.endpoint).host;
    await inWorkbench('add-remote-s3', repository, async (workbench) => {
      await workbench.runCommand('Coral: Add Remote...');
      await workbench.pick('Amazon S3');
      await asked(workbench, '(2/5)');
      await workbench.answer(`minio://${host}/${missing}/encoder`);
      await workbench.answer('cloud');
      await asked(workbench, '(4/4)');
      await workbench.screenshots('add-remote-credentials');
      await workbench.pick('Access keys');
      await asked(workbench, '(5/7)');
      for (const text of [server.accessKeyId, 'wrong', '']) await workbench.answer(text);
      await problem(workbench, /cloud refused the credentials/);
      await workbench.screenshots('add-remote-refused');
      await workbench.pick('Set Credentials');
      await asked(workbench, 'Credentials of cloud (1/3)');
      for (const text of [server.accessKeyId, server.secretAccessKey, '']) await workbench.answer(text);
      await problem(workbench, /The bucket "[^"]+" does not exist\./);
      await workbench.screenshots('add-remote-missing');
      await workbench.pick('Create Bucket');
      await workbench.toast('cloud can be read and written: 0 weights there.').waitFor();
      await workbench.row('cloud').waitFor();
      await workbench.screenshots('add-remote-done');
      const saved = await readFile(join(repository, '.coral/remotes.json'), 'utf8');
      assert.ok(saved.includes(`"url": "s3://${missing}/encoder/"`) && saved.includes(`"endpoint_url": "http://${host}"`), saved);
      assert.ok(!saved.includes(server.secretAccessKey), 'no secret is in the file');
      await workbench.closeToasts();

      await letEverybodyRead(server, shared);
      await workbench.runCommand('Coral: Add Remote...');
      await workbench.pick('S3-compatible server');
      await asked(workbench, '(2/5)');
      await workbench.answer(`${shared}/models`);
      assert.match(await workbench.typeWrongly(host), /looks like http/);
      await workbench.answer(server.endpoint);
      await workbench.answer('public');
      await asked(workbench, '(5/5)');
      await workbench.pick('None');
      await problem(workbench, /public can be read but not written: 0 weights there/);
      await workbench.screenshots('add-remote-read-only');
      await workbench.pick('Copy Policy');
      const policy = await workbench.until(() => workbench.clipboard(), (text) => text.includes('Statement'));
      assert.ok(policy.includes(`arn:aws:s3:::${shared}/models/*`), policy);
      await workbench.pick('Save Anyway');
      await workbench.row('public').waitFor();

      await workbench.runCommand('Coral: Edit Remote...');
      await workbench.pick('public');
      await workbench.pick('Push after each commit');
      await workbench.screenshots('edit-remote');
      await workbench.pick('Save');
      await workbench.until(() => readFile(join(repository, '.coral/remotes.json'), 'utf8'), (text) => text.includes('"auto_push": true'));
    });
  });
  it('remotes.json: what is wrong is underlined, and a quick fix moves the keys out of it', async () => {
    const { repository } = await copyOf('empty');
    const path = join(repository, '.coral/remotes.json');
    await writeFile(path, JSON.stringify({ origin: { url: 's3://models/encoder', backend: 'folder', access_key: 'AKIAEXAMPLE', secret_key: 'hush' } }, null, 2));
    await inWorkbench('remotes-file', repository, async (workbench) => {
      await workbench.row('origin').waitFor();
      await workbench.runCommand('Coral: Open remotes.json');
      await workbench.tab('remotes.json').waitFor();
      await workbench.page.locator('.squiggly-error, .squiggly-warning').nth(2).waitFor();
      await workbench.page.locator('.view-line', { hasText: 'access_key' }).click();
      const entry = workbench.page.locator('.action-widget .monaco-list-row', { hasText: 'Move to Secret Storage' });
      // VS Code shows no list while an extension for JSON is still starting.
      await workbench.until(async () => {
        await workbench.page.keyboard.press('Control+.');
        return entry.waitFor({ timeout: 5_000 }).then(() => true, () => false);
      }, (isShown) => isShown);
      await workbench.screenshots('remotes-file-fix');
      await entry.click();
      await workbench.until(() => readFile(path, 'utf8'), (text) => !text.includes('hush'));
      await workbench.until(() => workbench.page.locator('.view-line', { hasText: 'access_key' }).count(), (count) => count === 0);
      await workbench.screenshots('remotes-file-fixed');
    });
  });
});

/** Waits until the next question is there: what is typed before goes to the one before. */
async function asked(workbench: Workbench, text: string): Promise<void> {
  await workbench.quickInput.locator('.quick-input-title', { hasText: text }).waitFor();
}

/** What the first row of the list says once the test is over. */
async function problem(workbench: Workbench, text: RegExp): Promise<void> {
  await workbench.quickInput.locator('.monaco-list-row', { hasText: text }).first().waitFor();
}

async function letEverybodyRead({ endpoint, accessKeyId, secretAccessKey }: TestS3, bucket: string): Promise<void> {
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
  const statement = (action: string, resource: string): object => ({ Effect: 'Allow', Principal: '*', Action: [action], Resource: [`arn:aws:s3:::${resource}`] });
  const policy = { Version: '2012-10-17', Statement: [statement('s3:ListBucket', bucket), statement('s3:GetObject', `${bucket}/*`)] };
  await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(policy) }));
  client.destroy();
}
