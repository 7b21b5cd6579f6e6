import * as vscode from 'vscode';
import type { FromRemoteInfoPage, RemoteInfoPart, RemoteInfoTarget, ToRemoteInfoPage } from '../../webview/messages';
import { mayContact } from '../actions/contact';
import { CoralError } from '../../core/errors';
import type { RemoteContents } from '../../worker/protocol/details';
import type { RemoteInfo } from '../../worker/protocol/remotes';
import type { RemoteModel } from '../model/remoteModel';
import { copyJson, mention } from '../ui/say';
import type { Services } from '../actions/services';
import { openRepository } from './openRepository';
import { WebviewPage } from './webviewPage';

/** The editor tab about one remote: totals first, then what its weights are, which takes a request for each of them. */
export class RemoteInfoPanel {
  readonly #services: Services;
  readonly #target: RemoteInfoTarget;
  readonly #page: WebviewPage<RemoteInfoPart, ToRemoteInfoPage, FromRemoteInfoPage>;
  #info: RemoteInfo | undefined;
  #contents: RemoteContents | undefined;

  constructor(panel: vscode.WebviewPanel, services: Services, target: RemoteInfoTarget) {
    this.#services = services;
    this.#target = target;
    this.#page = new WebviewPage(panel, {
      extensionUri: services.extensionUri, script: 'remoteInfo', target,
      onReady: () => void this.#load(),
      onMessage: (message) => void this.#answer(message),
    });
  }

  async #load(): Promise<void> {
    this.#info = await this.#page.run('info', async ({ signal }) => (await this.#remote()).info(signal), (info) => ({ kind: 'info', info }));
    if (this.#info) await this.#count();
  }

  async #count(): Promise<void> {
    this.#contents = await this.#page.run('contents', async (options) => (await this.#remote()).contents(options), (contents) => ({ kind: 'contents', contents }));
  }

  async #answer(message: Exclude<FromRemoteInfoPage, { kind: 'ready' | 'cancel' }>): Promise<void> {
    if (message.kind === 'retry') return message.part === 'info' ? this.#load() : this.#count();
    if (!this.#info) return;
    await copyJson({ ...this.#info, contents: this.#contents });
    mention('The remote info is on the clipboard.');
  }

  async #remote(): Promise<RemoteModel> {
    const { root, remote: name } = this.#target;
    await openRepository(this.#services, root);
    const remote = this.#services.model.remote(root, name);
    if (!remote) throw new CoralError('missing', `There is no remote "${name}" in ${root} any more.`, { remote: name });
    if (!await mayContact(this.#services, remote)) throw new CoralError('denied', `${name} is not connected. Try again to connect it.`, { remote: name });
    return remote;
  }
}
