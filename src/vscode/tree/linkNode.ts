import * as vscode from 'vscode';
import type { LinkedPart } from '../../core/repository/linkedParts';
import { factsMarkdown } from '../ui/markdown';
import { nodeId, type TreeNode } from './treeNode';

/**
 * Stands for a repository of which a part is a link that leads out of it, until the person agrees to its use: "Linked to
 * /mnt/shared/objects".
 */
export class LinkNode implements TreeNode {
  readonly parent: TreeNode | undefined;
  readonly #root: string;
  readonly #link: LinkedPart;

  constructor(parent: TreeNode | undefined, root: string, link: LinkedPart) {
    this.parent = parent;
    this.#root = root;
    this.#link = link;
  }

  item(): vscode.TreeItem {
    const { path, realPath } = this.#link;
    const item = new vscode.TreeItem(`Linked to ${realPath}`);
    item.id = nodeId(this.#root, 'link', path);
    item.description = 'Use It...';
    item.iconPath = new vscode.ThemeIcon('link-external');
    item.contextValue = 'link';
    item.command = { command: 'coral.useLinked', title: 'Use It...', arguments: [{ root: this.#root, path, realPath }] };
    item.accessibilityInformation = { label: `${path} is a link to ${realPath}, outside of this folder. Use it`, role: 'button' };
    return item;
  }

  tooltip(): vscode.MarkdownString {
    const { path, realPath } = this.#link;
    return factsMarkdown('A link that leads out of this folder', [['Link', path], ['Leads to', realPath]]);
  }

  children(): TreeNode[] {
    return [];
  }
}
