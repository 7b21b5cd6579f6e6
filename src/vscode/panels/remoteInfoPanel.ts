import * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import type { RemoteInfoPageAsks, RemoteInfoPart, RemoteInfoTarget, ToRemoteInfoPage } from '../../webview/messages';
import type { RemoteContents } from '../../worker/protocol/details';
import type { CallOptions } from '../../worker/rpc';
import type { RemoteInfoAnswer } from '../../worker/protocol/remotes';
import { mayContact } from '../ask/mayContact';
import type { RemoteModel } from '../model/remoteModel';
import { copyJson, mention } from '../ui/say';
import { openRepository } from './openRepository';
import type { PanelHost } from './panelHost';
import { WebviewPage } from './webviewPage';

/** The editor tab about one remote: totals first, then what its weights are, which takes a request for each of them. */
export class RemoteInfoPanel {
  readonly #host: PanelHost;
  readonly #target: RemoteInfoTarget;
  readonly #page: WebviewPage<RemoteInfoPart, ToRemoteInfoPage, RemoteInfoPageAsks>;
  #info: RemoteInfo | undefined;
  #contents: RemoteContents | undefined;

  constructor(panel: vscode.WebviewPanel, host: PanelHost, target: RemoteInfoTarget) {
    this.#host = host;
    this.#target = target;
    this.#page = new WebviewPage(panel, {
      extensionUri: host.extensionUri, script: 'remoteInfo', target,
      onReady: () => void this.#load(),
      onMessage: (message) => void this.#answer(message),
    });
  }

  async #load(): Promise<void> {
    this.#info = await this.#page.run(
      'info', async ({ signal }) => (await this.#remote()).call('info', {}, { signal }), (info) => ({ kind: 'info', info }),
    );
    if (this.#info) await this.#count();
  }

  async #count(): Promise<void> {
    const work = async (options: CallOptions) => (await this.#remote()).call('remoteContents', {}, options);
    this.#contents = await this.#page.run('contents', work, (contents) => ({ kind: 'contents', contents }));
  }

  async #answer(message: RemoteInfoPageAsks): Promise<void> {
    if (message.kind === 'retry') return message.part === 'info' ? this.#load() : this.#count();
    if (!this.#info) return;
    await copyJson({ ...this.#info, contents: this.#contents });
    mention('The remote info is on the clipboard.');
  }

  async #remote(): Promise<RemoteModel> {
    const { root, remote: name } = this.#target;
    await openRepository(this.#host.model, root);
    const remote = this.#host.model.remote(root, name);
    if (!remote) throw new CoralError('missing', `There is no remote "${name}" in ${root} any more.`, { remote: name });
    if (!await mayContact(this.#host.consents, remote)) {
      throw new CoralError('denied', `${name} is not connected. Try again to connect it.`, { remote: name });
    }
    return remote;
  }
}
