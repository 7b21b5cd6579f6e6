import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { SliceChoice } from '../../core/analysis/slice';
import type { ShownWeight, ToWeightPage, WeightPageAsks, WeightPart } from '../../webview/messages';
import type { WeightFacts } from '../../worker/protocol/details';
import type { CallOptions } from '../../worker/rpc';
import { copy, mention } from '../ui/say';
import { fetchWeight } from './fetchWeight';
import { openRepository } from './openRepository';
import type { PanelHost } from './panelHost';
import { WebviewPage } from './webviewPage';

/** Milliseconds in which changes of a repository count as one. */
const calm = 300;

/** The editor tab of one weight. Reads it once it is shown, and looks again when the repository or a status has changed. */
export class WeightPanel {
  readonly #host: PanelHost;
  readonly #target: ShownWeight;
  readonly #page: WebviewPage<WeightPart, ToWeightPage, WeightPageAsks>;
  #facts: WeightFacts | undefined;
  #choice: SliceChoice | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(panel: vscode.WebviewPanel, host: PanelHost, target: ShownWeight, choice?: SliceChoice) {
    this.#host = host;
    this.#target = target;
    this.#choice = choice;
    this.#page = new WebviewPage(panel, {
      extensionUri: host.extensionUri, script: 'weight', target,
      onReady: () => void this.#load(),
      onMessage: (message) => void this.#answer(message),
    });
    const changes = host.model.onDidChange((change) => {
      if (change?.root === target.root) this.#lookAgain();
    });
    panel.onDidDispose(() => {
      changes.dispose();
      clearTimeout(this.#timer);
    });
  }

  async #load(): Promise<void> {
    const facts = await this.#page.run('facts', () => this.#describe(), (found) => ({ kind: 'facts', facts: found }));
    this.#facts = facts;
    if (facts?.isLocal) await Promise.all([this.#statistics(), this.#slice()]);
  }

  async #describe(): Promise<WeightFacts> {
    await openRepository(this.#host.model, this.#target.root);
    const { root, hash, name, commit } = this.#target;
    return this.#host.client.call('describeWeight', { root, hash, name, commit });
  }

  async #statistics(): Promise<void> {
    const { client } = this.#host;
    const work = (options: CallOptions) => client.call('weightStatistics', this.#target, options);
    await this.#page.run('statistics', work, (statistics) => ({ kind: 'statistics', statistics }));
  }

  async #slice(): Promise<void> {
    const request = { ...this.#target, choice: this.#choice };
    const work = (options: CallOptions) => this.#host.client.call('weightSlice', request, options);
    await this.#page.run('slice', work, (slice) => ({ kind: 'slice', slice }));
  }

  async #answer(message: WeightPageAsks): Promise<void> {
    switch (message.kind) {
      case 'retry':
        if (message.part === 'facts') return this.#load();
        return message.part === 'statistics' ? this.#statistics() : this.#slice();
      case 'choose':
        this.#choice = message.choice;
        return this.#slice();
      case 'copyHash':
        await copy(this.#target.hash);
        mention('The hash is on the clipboard.');
        return;
      case 'compare':
        await vscode.commands.executeCommand('coral.compareWeights', this.#target);
        return;
      case 'fetch':
        if (await fetchWeight(this.#host, this.#target, message.remote)) await this.#load();
    }
  }

  #lookAgain(): void {
    clearTimeout(this.#timer);
    // What is wrong now was said already, or is said when the page asks for more.
    this.#timer = setTimeout(() => void this.#update().catch(() => undefined), calm);
  }

  /** Facts alone, and the rest only when the weight has arrived here. */
  async #update(): Promise<void> {
    const facts = await this.#describe();
    if (isDeepStrictEqual(facts, this.#facts)) return;
    if (facts.isLocal !== this.#facts?.isLocal) return this.#load();
    this.#facts = await this.#page.run('facts', () => Promise.resolve(facts), (found) => ({ kind: 'facts', facts: found }));
  }
}
