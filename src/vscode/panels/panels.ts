import * as vscode from 'vscode';
import type { SliceChoice } from '../../core/analysis/slice';
import { shortHash } from '../../text/format';
import { safeText } from '../../text/safeText';
import type { ComparisonTarget, RemoteInfoTarget, ShownWeight, WeightPageState } from '../../webview/messages';
import { comparisonPanel } from './comparisonPanel';
import { isComparison, isRemoteInfo, isShownWeight } from './pageTargets';
import type { PanelHost } from './panelHost';
import { remoteInfoPanel } from './remoteInfoPanel';
import { weightPanel } from './weightPanel';

export const viewTypes = { weight: 'coral.weight', comparison: 'coral.comparison', remoteInfo: 'coral.remoteInfo' } as const;

/** The open tabs, one for each thing that they show. */
export class Panels {
  readonly #host: PanelHost;
  readonly #open = new Map<string, vscode.WebviewPanel>();

  constructor(host: PanelHost) {
    this.#host = host;
  }

  get count(): number { return this.#open.size; }

  showWeight(target: ShownWeight): void {
    this.#host.walkthrough.take('look');
    this.#show(viewTypes.weight, target, weightTitle(target), (panel) => weightPanel(panel, this.#host, target));
  }

  showComparison(target: ComparisonTarget): void {
    const title = `${weightTitle(target.one)} ↔ ${weightTitle(target.other)}`;
    this.#show(viewTypes.comparison, target, title, (panel) => comparisonPanel(panel, this.#host, target));
  }

  showRemoteInfo(target: RemoteInfoTarget): void {
    this.#show(viewTypes.remoteInfo, target, target.remote, (panel) => remoteInfoPanel(panel, this.#host, target));
  }

  /** Lets VS Code restore the tabs that were open when it was closed. */
  register(): vscode.Disposable {
    type Fill<T> = (panel: vscode.WebviewPanel, host: PanelHost, target: T, choice?: SliceChoice) => void;
    const restore = <T>(viewType: string, isTarget: (value: unknown) => value is T, fill: Fill<T>): vscode.Disposable =>
      vscode.window.registerWebviewPanelSerializer(viewType, {
        deserializeWebviewPanel: async (panel, state: Partial<WeightPageState> | undefined) => {
          const { target, choice } = state ?? {};
          if (!isTarget(target)) {
            panel.dispose();
            return;
          }
          fill(panel, this.#host, target, choice);
          this.#keep(panel, keyOf(viewType, target));
        },
      });
    return vscode.Disposable.from(
      restore(viewTypes.weight, isShownWeight, weightPanel),
      restore(viewTypes.comparison, isComparison, comparisonPanel),
      restore(viewTypes.remoteInfo, isRemoteInfo, remoteInfoPanel),
    );
  }

  #show(viewType: string, target: unknown, title: string, fill: (panel: vscode.WebviewPanel) => void): void {
    const key = keyOf(viewType, target);
    const open = this.#open.get(key);
    if (open) {
      open.reveal();
      return;
    }
    const column = { viewColumn: vscode.ViewColumn.Active };
    const panel = vscode.window.createWebviewPanel(viewType, safeText(title, 'label'), column, { enableFindWidget: true });
    this.#keep(panel, key);
    fill(panel);
  }

  #keep(panel: vscode.WebviewPanel, key: string): void {
    this.#open.set(key, panel);
    panel.onDidDispose(() => {
      if (this.#open.get(key) === panel) this.#open.delete(key);
    });
  }
}

/** The same name of a weight is the same tab, wherever it was opened from. */
function keyOf(viewType: string, target: unknown): string {
  const identity = (part: unknown): unknown => (isShownWeight(part) ? [part.root, part.hash, part.name, part.commit] : part);
  return JSON.stringify([viewType, isComparison(target) ? [identity(target.one), identity(target.other)] : identity(target)]);
}

/** The last two parts of the name, and the commit of an older version: "attention.weight (1a2b3c4d)". */
function weightTitle({ name, hash, commit }: ShownWeight): string {
  const title = name === undefined ? shortHash(hash) : name.split('.').slice(-2).join('.');
  return commit === undefined ? title : `${title} (${commit.slice(0, 8)})`;
}
