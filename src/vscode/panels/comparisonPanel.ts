import * as vscode from 'vscode';
import type { ComparisonPageAsks, ComparisonPart, ComparisonTarget, ToComparisonPage } from '../../webview/messages';
import { fetchWeight } from './fetchWeight';
import { openRepository } from './openRepository';
import type { PanelHost } from './panelHost';
import { WebviewPage } from './webviewPage';

/** Fills the editor tab that compares two weights of one repository. */
export function comparisonPanel(panel: vscode.WebviewPanel, host: PanelHost, target: ComparisonTarget): void {
  const { client, model, extensionUri } = host;
  const { root, one, other } = target;
  const page = new WebviewPage<ComparisonPart, ToComparisonPage, ComparisonPageAsks>(
    panel, { extensionUri, script: 'comparison', target, onReady: () => void load(), onMessage: (message) => void answer(message) },
  );

  async function load(): Promise<void> {
    const sides = await page.run('facts', describe, ([first, second]) => ({ kind: 'facts', one: first, other: second }));
    if (sides?.every(({ isLocal }) => isLocal)) await compare();
  }

  async function describe() {
    await openRepository(model, root);
    return Promise.all([client.call('describeWeight', one), client.call('describeWeight', other)]);
  }

  async function compare(): Promise<void> {
    await page.run(
      'difference', (options) => client.call('compareWeights', { one, other }, options),
      (difference) => ({ kind: 'difference', difference }),
    );
  }

  async function answer(message: ComparisonPageAsks): Promise<void> {
    switch (message.kind) {
      case 'retry':
        return message.part === 'facts' ? load() : compare();
      case 'show':
        await vscode.commands.executeCommand('coral.showWeight', target[message.side]);
        return;
      case 'fetch':
        if (await fetchWeight(host, target[message.side], message.remote)) await load();
    }
  }
}
