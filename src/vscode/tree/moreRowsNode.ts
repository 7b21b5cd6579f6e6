import * as vscode from 'vscode';
import { nodeId, type TreeNode } from './treeNode';

/** A node whose children are loaded page by page. */
export interface Paged extends TreeNode {
  /** Another page, when the node is drawn the next time. */
  wantMore(): void;
}

/** The last row of what is not loaded whole. */
export class MoreRowsNode implements TreeNode {
  readonly parent: Paged;
  readonly #label: string;

  constructor(parent: Paged, label: string) {
    this.parent = parent;
    this.#label = label;
  }

  item(): vscode.TreeItem {
    const item = new vscode.TreeItem(this.#label);
    item.id = nodeId(this.parent.item().id ?? '', 'more');
    item.iconPath = new vscode.ThemeIcon('ellipsis');
    item.contextValue = 'more';
    item.command = { command: 'coral.loadMoreHistory', title: 'Load More', arguments: [this.parent] };
    return item;
  }

  children(): TreeNode[] {
    return [];
  }
}
