import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import type { TreeNode } from '../../src/vscode/tree/treeNode';
import { activateCoral } from './coral';

/** A row of the tree as VS Code is given it. */
export interface Row {
  readonly node: TreeNode;
  readonly item: vscode.TreeItem;
  readonly label: string;
  /** label and description */
  readonly text: string;
}

/** The rows below a node of the view "Remotes"; without one, those at the top. */
export async function rows(node?: TreeNode): Promise<Row[]> {
  return rowsOf((await activateCoral()).tree, node);
}

/** The same of any view. */
export async function rowsOf(tree: vscode.TreeDataProvider<TreeNode>, node?: TreeNode): Promise<Row[]> {
  return (await tree.getChildren(node) ?? []).map((child) => {
    const item = tree.getTreeItem(child) as vscode.TreeItem;
    const label = typeof item.label === 'string' ? item.label : item.label?.label ?? '';
    const description = typeof item.description === 'string' ? item.description : '';
    return { node: child, item, label, text: `${label} ${description}`.trim() };
  });
}

/** The row that is reached over rows with these labels. */
export async function row(...labels: readonly [string, ...string[]]): Promise<Row> {
  let found: Row | undefined;
  for (const label of labels) {
    const below = await rows(found?.node);
    found = below.find((candidate) => candidate.label === label);
    assert.ok(found, `no row "${label}" among:\n${below.map(({ text }) => text).join('\n')}`);
  }
  return found!;
}

export async function texts(...labels: readonly string[]): Promise<string[]> {
  const [first, ...others] = labels;
  const shown = await rows(first === undefined ? undefined : (await row(first, ...others)).node);
  return shown.map(({ text }) => text);
}
