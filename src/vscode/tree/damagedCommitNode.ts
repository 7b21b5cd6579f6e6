import * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import type { DamagedCommitRow } from '../../worker/protocol/history';
import { plainMarkdown } from '../ui/markdown';
import { openProblemCommand } from '../ui/openFile';
import { nodeId, type RepositoryRow, type TreeNode } from './treeNode';

/** A commit whose file is damaged or not here: what came before it is not known. A click opens the file. */
export class DamagedCommitNode implements TreeNode {
  readonly parent: RepositoryRow;
  /** the whole hash */
  readonly commit: string;
  readonly #problem: CoralError;

  constructor(parent: RepositoryRow, { hash, problem }: DamagedCommitRow) {
    this.parent = parent;
    this.commit = hash;
    this.#problem = CoralError.fromJSON(problem);
  }

  item(): vscode.TreeItem {
    const { message, path, reason } = this.#problem;
    const item = new vscode.TreeItem(this.commit.slice(0, 8));
    item.id = nodeId(this.parent.root, this.commit);
    item.description = `${reason === 'missing' ? 'is not in this repository' : 'cannot be read'}; nor can what came before it`;
    item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('errorForeground'));
    item.contextValue = 'damagedCommit';
    item.accessibilityInformation = { label: `Error: ${message}` };
    if (path !== undefined) item.command = openProblemCommand(this.#problem);
    return item;
  }

  tooltip(): vscode.MarkdownString {
    return plainMarkdown(this.#problem.message);
  }

  children(): TreeNode[] {
    return [];
  }
}
