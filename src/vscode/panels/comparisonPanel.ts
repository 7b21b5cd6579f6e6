import type * as vscode from 'vscode';
import type { ComparisonPart, ComparisonTarget, FromComparisonPage, ToComparisonPage } from '../../webview/messages';
import type { WeightFacts } from '../../worker/protocol/details';
import type { Services } from '../actions/services';
import { fetchWeight } from './fetchWeight';
import { openRepository } from './openRepository';
import { WebviewPage } from './webviewPage';

/** The editor tab that compares two weights of one repository. */
export class ComparisonPanel {
  readonly #services: Services;
  readonly #target: ComparisonTarget;
  readonly #page: WebviewPage<ComparisonPart, ToComparisonPage, FromComparisonPage>;

  constructor(panel: vscode.WebviewPanel, services: Services, target: ComparisonTarget) {
    this.#services = services;
    this.#target = target;
    this.#page = new WebviewPage(panel, {
      extensionUri: services.extensionUri, script: 'comparison', target,
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
    await openRepository(this.#services, root);
    return Promise.all([this.#services.client.call('describeWeight', one), this.#services.client.call('describeWeight', other)]);
  }

  async #compare(): Promise<void> {
    const { one, other } = this.#target;
    await this.#page.run('difference', (options) => this.#services.client.call('compareWeights', { one, other }, options), (difference) => ({ kind: 'difference', difference }));
  }

  async #answer(message: Exclude<FromComparisonPage, { kind: 'ready' | 'cancel' }>): Promise<void> {
    switch (message.kind) {
      case 'retry':
        return message.part === 'facts' ? this.#load() : this.#compare();
      case 'show':
        this.#services.panels.showWeight(this.#services, this.#target[message.side]);
        return;
      case 'fetch':
        if (await fetchWeight(this.#services, this.#target[message.side], message.remote)) await this.#load();
    }
  }
}
