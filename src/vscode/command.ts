import type * as vscode from 'vscode';
import type { Services } from './actions/services';
import { pickRemote } from './ask/pickRemote';
import type { RemoteModel } from './model/remoteModel';
import type { Panels } from './panels/panels';
import type { HistoryTree } from './tree/historyTree';
import type { RemotesTree } from './tree/remotesTree';
import type { RemotesView } from './tree/remotesView';
import type { TreeNode } from './tree/treeNode';
import type { Previews } from './ui/previews';

/** What this program reads of its own package.json. */
export interface Manifest {
  readonly version: string;
  readonly contributes: { readonly configuration: { readonly properties: Readonly<Record<string, { readonly default?: unknown }>> } };
}

/** What commands work with. */
export interface CommandServices extends Services {
  readonly manifest: Manifest;
  readonly tree: RemotesTree;
  readonly remotesView: RemotesView;
  readonly history: HistoryTree;
  readonly historyView: vscode.TreeView<TreeNode>;
  readonly previews: Previews;
  readonly panels: Panels;
}

export interface Command {
  readonly id: `coral.${string}`;
  /** Takes what VS Code passes: the row and the selection from a view, nothing from the palette, anything from other callers. */
  readonly run: (services: CommandServices, target?: unknown, selection?: unknown) => unknown;
}

/** What a command does that is about one remote: the one it was invoked on, or the one that is picked. Nothing where none is. */
export function withRemote(
  question: string, run: (services: CommandServices, remote: RemoteModel, target: unknown) => unknown,
): Command['run'] {
  return async (services, target) => {
    const remote = await pickRemote(services.model, target, question);
    return remote && run(services, remote, target);
  };
}
