import * as vscode from 'vscode';
import type { TreeNode } from './treeNode';

/** A row that only says something: "No weights yet". */
export class MessageNode implements TreeNode {
  readonly parent: TreeNode;
  readonly #text: string;
  readonly #icon: string;

  constructor(parent: TreeNode, text: string, icon = 'info') {
    this.parent = parent;
    this.#text = text;
    this.#icon = icon;
  }

  item(): vscode.TreeItem {
    const item = new vscode.TreeItem(this.#text);
    item.iconPath = new vscode.ThemeIcon(this.#icon);
    item.contextValue = 'message';
    item.accessibilityInformation = { label: this.#icon === 'warning' ? `Warning: ${this.#text}` : this.#text };
    return item;
  }

  children(): TreeNode[] {
    return [];
  }
}
