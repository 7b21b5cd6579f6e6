import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { CoralError } from '../../core/base/errors';
import type { RemoteModel } from '../model/remoteModel';
import { plainMarkdown } from '../ui/markdown';
import { openProblemCommand } from '../ui/openFile';
import type { TreeNode } from './treeNode';

/** Why something cannot be shown, in its place. Its inline buttons depend on the reason; a click opens the file concerned. */
export class ErrorNode implements TreeNode {
  readonly parent: TreeNode | undefined;
  readonly error: CoralError;
  /** the remote to try again, if it is about one */
  readonly remote: RemoteModel | undefined;

  constructor(parent: TreeNode | undefined, error: CoralError, remote?: RemoteModel) {
    this.parent = parent;
    this.error = error;
    this.remote = remote;
  }

  item(): vscode.TreeItem {
    const { message, path, reason } = this.error;
    // A row is short: the tooltip has the whole path.
    const item = new vscode.TreeItem(path === undefined ? message : message.replace(path, basename(path)));
    item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('errorForeground'));
    item.contextValue = `error.${reason}${this.remote ? '.remote' : ''}`;
    item.accessibilityInformation = { label: `Error: ${message}` };
    if (path !== undefined) item.command = openProblemCommand(this.error);
    return item;
  }

  tooltip(): vscode.MarkdownString {
    return plainMarkdown(this.error.message);
  }

  children(): TreeNode[] {
    return [];
  }
}
