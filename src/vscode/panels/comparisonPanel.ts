import * as vscode from 'vscode';
import type { ComparisonPageAsks, ComparisonPart, ComparisonTarget, ToComparisonPage } from '../../webview/messages';
import type { WeightFacts } from '../../worker/protocol/details';
import type { CallOptions } from '../../worker/rpc';
import { fetchWeight } from './fetchWeight';
import { openRepository } from './openRepository';
import type { PanelHost } from './panelHost';
import { WebviewPage } from './webviewPage';

/** The editor tab that compares two weights of one repository. */
export class ComparisonPanel {
  readonly #host: PanelHost;
  readonly #target: ComparisonTarget;
  readonly #page: WebviewPage<ComparisonPart, ToComparisonPage, ComparisonPageAsks>;

  constructor(panel: vscode.WebviewPanel, host: PanelHost, target: ComparisonTarget) {
    this.#host = host;
    this.#target = target;
    this.#page = new WebviewPage(panel, {
      extensionUri: host.extensionUri, script: 'comparison', target,
      onReady: () => void this.#load(),
      onMessage: (message) => void this.#answer(message),
    });
  }

  async #load(): Promise<void> {
    const sides = await this.#page.run('facts', () => this.#describe(), ([one, other]) => ({ kind: 'facts', one, other }));
    if (sides?.every(({ isLocal }) => isLocal)) await this.#compare();
  }

  async #describe(): Promise<[WeightFacts, WeightFacts]> {
    const { root, one, other } = this.#target;
    await openRepository(this.#host.model, root);
    const { client } = this.#host;
    return Promise.all([client.call('describeWeight', one), client.call('describeWeight', other)]);
  }

  async #compare(): Promise<void> {
    const { one, other } = this.#target;
    const work = (options: CallOptions) => this.#host.client.call('compareWeights', { one, other }, options);
    await this.#page.run('difference', work, (difference) => ({ kind: 'difference', difference }));
  }

  async #answer(message: ComparisonPageAsks): Promise<void> {
    switch (message.kind) {
      case 'retry':
        return message.part === 'facts' ? this.#load() : this.#compare();
      case 'show':
        await vscode.commands.executeCommand('coral.showWeight', this.#target[message.side]);
        return;
      case 'fetch':
        if (await fetchWeight(this.#host, this.#target[message.side], message.remote)) await this.#load();
    }
  }
}
