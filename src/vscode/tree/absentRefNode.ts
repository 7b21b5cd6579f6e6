import * as vscode from 'vscode';
import type { RemoteRef } from '../model/commitRefs';
import { factsMarkdown } from '../ui/markdown';
import { nodeId, type RepositoryRow, type TreeNode } from './treeNode';

/** A remote's branch that is at a commit which is not here: its inline button pulls. */
export class AbsentRefNode implements TreeNode {
  readonly parent: RepositoryRow;
  /** what commands take a remote by */
  readonly root: string;
  readonly remote: string;
  readonly #ref: RemoteRef;

  constructor(parent: RepositoryRow, ref: RemoteRef) {
    this.parent = parent;
    this.root = parent.root;
    this.remote = ref.remote;
    this.#ref = ref;
  }

  item(): vscode.TreeItem {
    const { remote, branch, commit } = this.#ref;
    const label = `(${remote}/${branch})`;
    const item = new vscode.TreeItem(label);
    item.id = nodeId(this.root, 'absent', remote, branch);
    item.description = `is at ${commit.slice(0, 8)}, which is not here yet`;
    item.iconPath = new vscode.ThemeIcon('arrow-down', new vscode.ThemeColor('charts.blue'));
    item.contextValue = 'absentRef';
    item.accessibilityInformation = { label: `${remote}/${branch} ${item.description}. Pull to get it.` };
    return item;
  }

  tooltip(): vscode.MarkdownString {
    const { remote, branch, commit } = this.#ref;
    return factsMarkdown(
      `${remote}/${branch}`, [['Commit', commit], ['State', `not in this repository yet; pull from ${remote} to get it`]],
    );
  }

  children(): TreeNode[] {
    return [];
  }
}
