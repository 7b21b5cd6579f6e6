import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { SliceChoice } from '../../core/analysis/slice';
import type { ShownWeight, ToWeightPage, WeightPageAsks, WeightPart } from '../../webview/messages';
import type { WeightFacts } from '../../worker/protocol/details';
import { copy, mention } from '../ui/say';
import { fetchWeight } from './fetchWeight';
import { openRepository } from './openRepository';
import type { PanelHost } from './panelHost';
import { WebviewPage } from './webviewPage';

/** Milliseconds in which changes of a repository count as one. */
const calm = 300;

/** Fills the editor tab of one weight. Reads it once it is shown, and looks again when the repository or a status has changed. */
export function weightPanel(panel: vscode.WebviewPanel, host: PanelHost, target: ShownWeight, chosen?: SliceChoice): void {
  const { client, model, extensionUri } = host;
  const page = new WebviewPage<WeightPart, ToWeightPage, WeightPageAsks>(
    panel, { extensionUri, script: 'weight', target, onReady: () => void load(), onMessage: (message) => void answer(message) },
  );
  let known: WeightFacts | undefined;
  let choice = chosen;
  let timer: NodeJS.Timeout | undefined;
  const changes = model.onDidChange((change) => {
    if (change?.root !== target.root) return;
    clearTimeout(timer);
    // What is wrong now was said already, or is said when the page asks for more.
    timer = setTimeout(() => void update().catch(() => undefined), calm);
  });
  panel.onDidDispose(() => {
    changes.dispose();
    clearTimeout(timer);
  });

  const tell = (work: () => Promise<WeightFacts>) => page.run('facts', work, (facts) => ({ kind: 'facts', facts }));

  async function load(): Promise<void> {
    known = await tell(describe);
    if (known?.isLocal) await Promise.all([statistics(), slice()]);
  }

  async function describe(): Promise<WeightFacts> {
    const { root, hash, name, commit } = target;
    await openRepository(model, root);
    return client.call('describeWeight', { root, hash, name, commit });
  }

  async function statistics(): Promise<void> {
    await page.run(
      'statistics', (options) => client.call('weightStatistics', target, options), (found) => ({ kind: 'statistics', statistics: found }),
    );
  }

  async function slice(): Promise<void> {
    const request = { ...target, choice };
    await page.run('slice', (options) => client.call('weightSlice', request, options), (found) => ({ kind: 'slice', slice: found }));
  }

  async function answer(message: WeightPageAsks): Promise<void> {
    switch (message.kind) {
      case 'retry':
        return { facts: load, statistics, slice }[message.part]();
      case 'choose':
        choice = message.choice;
        return slice();
      case 'copyHash':
        await copy(target.hash);
        mention('The hash is on the clipboard.');
        return;
      case 'compare':
        await vscode.commands.executeCommand('coral.compareWeights', target);
        return;
      case 'fetch':
        if (await fetchWeight(host, target, message.remote)) await load();
    }
  }

  /** Facts alone, and the rest only when the weight has arrived here. */
  async function update(): Promise<void> {
    const facts = await describe();
    if (isDeepStrictEqual(facts, known)) return;
    if (facts.isLocal !== known?.isLocal) return load();
    known = await tell(() => Promise.resolve(facts));
  }
}
