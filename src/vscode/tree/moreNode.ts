import * as vscode from 'vscode';
import { formatCount } from '../format';
import { type GroupNode, pageSize } from './groupNode';
import { nodeId, type TreeNode } from './treeNode';

/** The last row of a group that is not loaded whole: "Load 1,000 more (of 98,212)". */
export class MoreNode implements TreeNode {
  readonly parent: GroupNode;
  readonly #left: number;

  constructor(parent: GroupNode, left: number) {
    this.parent = parent;
    this.#left = left;
  }

  item(): vscode.TreeItem {
    const next = Math.min(pageSize, this.#left);
    const item = new vscode.TreeItem(`Load ${formatCount(next)} more (of ${formatCount(this.#left)})`);
    item.id = nodeId(this.parent.remote.root, this.parent.remote.name, this.parent.group, 'more');
    item.iconPath = new vscode.ThemeIcon('ellipsis');
    item.contextValue = 'more';
    item.command = { command: 'coral.loadMore', title: 'Load More', arguments: [this.parent] };
    return item;
  }

  children(): TreeNode[] {
    return [];
  }
}
