import type * as vscode from 'vscode';
import type { CoralClient } from '../../worker/client';
import type { CredentialVault } from '../model/credentialVault';
import type { Consents } from '../model/consents';
import type { ReadonlyDocuments } from '../ui/documents';
import type { Log } from '../ui/log';
import type { CoralModel } from '../model/coralModel';
import type { HistoryTree } from '../tree/historyTree';
import type { Previews } from '../ui/previews';
import type { Panels } from '../panels/panels';
import type { RemotesTree } from '../tree/remotesTree';
import type { RemotesView } from '../tree/remotesView';
import type { TreeNode } from '../tree/treeNode';
import type { WalkthroughSteps } from '../ui/walkthroughSteps';

/** What this program reads of its own package.json. */
export interface Manifest {
  readonly version: string;
  readonly contributes: { readonly configuration: { readonly properties: Readonly<Record<string, { readonly default?: unknown }>> } };
}

/** What commands work with. */
export interface Services {
  readonly manifest: Manifest;
  readonly client: CoralClient;
  readonly model: CoralModel;
  readonly vault: CredentialVault;
  readonly consents: Consents;
  readonly tree: RemotesTree;
  readonly remotesView: RemotesView;
  readonly view: vscode.TreeView<TreeNode>;
  readonly history: HistoryTree;
  readonly historyView: vscode.TreeView<TreeNode>;
  readonly documents: ReadonlyDocuments;
  readonly previews: Previews;
  readonly panels: Panels;
  readonly walkthrough: WalkthroughSteps;
  /** where the extension is installed */
  readonly extensionUri: vscode.Uri;
  readonly log: Log;
}
