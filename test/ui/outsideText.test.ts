import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'mocha';
import { type HostileServer, startHostileServer } from '../samples/hostileServer';
import { copyOf, inWorkbench } from './shared';

/** What is asked of an element of the page: these tests know no DOM. */
interface HoverElement {
  querySelectorAll(selector: string): Iterable<{ readonly innerText: string }>;
}

describe('what a stranger says', () => {
  let server: HostileServer | undefined;
  after(() => server?.close());

  it('has no link in a notification, in a tooltip or in the status bar', async () => {
    server = await startHostileServer({ code: 'TooOdd', message: '[Sign in](command:coral.push) or $(check) [here](https://example.com) <command:coral.push> https://example.com' });
    const { repository } = await copyOf('basic');
    const remotes = { 'a$(bell) x': { url: 's3://models/x/', backend: 's3', endpoint_url: server.endpoint } };
    await writeFile(join(repository, '.coral/remotes.json'), JSON.stringify({ remotes }));
    await inWorkbench('outside-text', repository, async (workbench) => {
      await workbench.row(/a\$ ?\(bell\) x/).waitFor();
      await workbench.runCommand('Coral: Push');
      const toast = workbench.toast('Sign in');
      await toast.waitFor();
      await workbench.screenshot('outside-text-notification');
      assert.match(await toast.innerText(), /\[Sign in\] \(command:coral\.push\)/);
      assert.equal(await toast.locator('a[href], .notification-list-item-message a').count(), 0, 'a notification has no link');
      await workbench.closeToasts();

      assert.match(await workbench.statusBar(), /a\$ \(bell\) x/);
      assert.equal(await workbench.coralStatus.locator('.codicon-bell').count(), 0, 'the status bar has no icon of a stranger');
      await workbench.coralStatus.first().hover();
      const hover = workbench.page.locator('.monaco-hover', { hasText: 'Sign in' }).first();
      await hover.waitFor();
      // At once: it goes as soon as anything else is done.
      // In one go: it hides as soon as anything else is done.
      const [links, icons] = await hover.evaluate((shown: HoverElement) => ['a', '.codicon-check'].map((what) => [...shown.querySelectorAll(what)].map(({ innerText }) => innerText)));
      assert.deepEqual(links, ['Push', 'Pull', 'Sync', 'Preview', 'Show Log'], 'the links in it are ours alone');
      assert.deepEqual(icons, [], 'no icon either');
      await workbench.screenshot('outside-text-tooltip');
    });
  });
});
