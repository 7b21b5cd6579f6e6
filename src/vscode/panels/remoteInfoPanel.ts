import type * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import type { RemoteInfoPageAsks, RemoteInfoPart, RemoteInfoTarget, ToRemoteInfoPage } from '../../webview/messages';
import type { RemoteContents } from '../../worker/protocol/details';
import type { RemoteInfoAnswer } from '../../worker/protocol/remotes';
import { mayContact } from '../ask/mayContact';
import type { RemoteModel } from '../model/remoteModel';
import { copyJson, mention } from '../ui/say';
import { openRepository } from './openRepository';
import type { PanelHost } from './panelHost';
import { WebviewPage } from './webviewPage';

/** Fills the editor tab about one remote: totals first, then what its weights are, which takes a request for each of them. */
export function remoteInfoPanel(panel: vscode.WebviewPanel, host: PanelHost, target: RemoteInfoTarget): void {
  const page = new WebviewPage<RemoteInfoPart, ToRemoteInfoPage, RemoteInfoPageAsks>(panel, {
    extensionUri: host.extensionUri, script: 'remoteInfo', target,
    onReady: () => void load(), onMessage: (message) => void answer(message),
  });
  let known: RemoteInfoAnswer | undefined;
  let counted: RemoteContents | undefined;

  async function load(): Promise<void> {
    known = await page.run(
      'info', async ({ signal }) => (await remoteOf(host, target)).call('info', {}, { signal }), (info) => ({ kind: 'info', info }),
    );
    if (known) await count();
  }

  async function count(): Promise<void> {
    counted = await page.run(
      'contents', async (options) => (await remoteOf(host, target)).call('remoteContents', {}, options),
      (contents) => ({ kind: 'contents', contents }),
    );
  }

  async function answer(message: RemoteInfoPageAsks): Promise<void> {
    if (message.kind === 'retry') return message.part === 'info' ? load() : count();
    if (!known) return;
    await copyJson({ ...known, contents: counted });
    mention('The remote info is on the clipboard.');
  }
}

async function remoteOf({ model, consents }: PanelHost, { root, remote: name }: RemoteInfoTarget): Promise<RemoteModel> {
  await openRepository(model, root);
  const remote = model.remote(root, name);
  if (!remote) throw new CoralError('missing', `There is no remote "${name}" in ${root} any more.`, { remote: name });
  if (await mayContact(consents, remote)) return remote;
  throw new CoralError('denied', `${name} is not connected. Try again to connect it.`, { remote: name });
}
