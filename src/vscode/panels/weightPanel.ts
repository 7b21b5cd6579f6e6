import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { SliceChoice } from '../../core/analysis/slice';
import type { FromWeightPage, ShownWeight, ToWeightPage, WeightPart } from '../../webview/messages';
import type { WeightFacts } from '../../worker/protocol/details';
import { compareWith } from '../commands/compareWeights';
import { reportError } from '../actions/reportError';
import { copy, mention } from '../ui/say';
import type { Services } from '../actions/services';
import { fetchWeight } from './fetchWeight';
import { openRepository } from './openRepository';
import { WebviewPage } from './webviewPage';

/** Milliseconds in which changes of a repository count as one. */
const calm = 300;

/** The editor tab of one weight. Reads it once it is shown, and looks again when the repository or a status has changed. */
export class WeightPanel {
  readonly #services: Services;
  readonly #target: ShownWeight;
  readonly #page: WebviewPage<WeightPart, ToWeightPage, FromWeightPage>;
  #facts: WeightFacts | undefined;
  #choice: SliceChoice | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(panel: vscode.WebviewPanel, services: Services, target: ShownWeight, choice?: SliceChoice) {
    this.#services = services;
    this.#target = target;
    this.#choice = choice;
    this.#page = new WebviewPage(panel, {
      extensionUri: services.extensionUri, script: 'weight', target,
      onReady: () => void this.#load(),
      onMessage: (message) => void this.#answer(message),
    });
    const changes = services.model.onDidChange((change) => {
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
    await openRepository(this.#services, this.#target.root);
    const { root, hash, name, commit } = this.#target;
    return this.#services.client.call('describeWeight', { root, hash, name, commit });
  }

  async #statistics(): Promise<void> {
    await this.#page.run('statistics', (options) => this.#services.client.call('weightStatistics', this.#target, options), (statistics) => ({ kind: 'statistics', statistics }));
  }

  async #slice(): Promise<void> {
    await this.#page.run('slice', (options) => this.#services.client.call('weightSlice', { ...this.#target, choice: this.#choice }, options), (slice) => ({ kind: 'slice', slice }));
  }

  async #answer(message: Exclude<FromWeightPage, { kind: 'ready' | 'cancel' }>): Promise<void> {
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
        return compareWith(this.#services, this.#target).catch((error: unknown) => reportError(this.#services, error));
      case 'fetch':
        if (await fetchWeight(this.#services, this.#target, message.remote)) await this.#load();
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
