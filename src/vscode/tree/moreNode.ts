import * as vscode from 'vscode';
import { formatCount } from '../../text/format';
import { nodeId, type TreeNode } from './treeNode';
import { pageSize, type WeightHolder } from './weightHolder';

/** Stands for rows that are not loaded: "Load 500 more (of 98,212)". */
export class MoreNode implements TreeNode {
  readonly parent: WeightHolder;
  /** the first one left out here */
  readonly page: number;
  readonly #left: number;

  constructor(parent: WeightHolder, page: number, left: number) {
    this.parent = parent;
    this.page = page;
    this.#left = left;
  }

  item(): vscode.TreeItem {
    const { remote: { root, name }, group, module } = this.parent;
    const label = `Load ${formatCount(Math.min(pageSize, this.#left))} more (of ${formatCount(this.#left)})`;
    const item = new vscode.TreeItem(label);
    item.id = nodeId(root, name, group, 'more', module ?? '', String(this.page));
    item.iconPath = new vscode.ThemeIcon('ellipsis');
    item.contextValue = 'more';
    item.command = { command: 'coral.loadMore', title: 'Load More', arguments: [this] };
    item.accessibilityInformation = { label: `${label} weights`, role: 'button' };
    return item;
  }

  children(): TreeNode[] {
    return [];
  }
}
