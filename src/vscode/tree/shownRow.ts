import type * as vscode from 'vscode';
import { safeText } from '../../text/safeText';
import type { TreeNode } from './treeNode';

// The one door from nodes to rows: names and errors in them come from outside.

/** The row of a node as it may be shown. */
export function shownRow(node: TreeNode): vscode.TreeItem {
  const item = node.item();
  const { label, description, accessibilityInformation: spoken } = item;
  if (typeof label === 'string') item.label = safeText(label, 'label');
  if (typeof description === 'string') item.description = safeText(description, 'label');
  if (spoken) item.accessibilityInformation = { ...spoken, label: safeText(spoken.label, 'label') };
  return item;
}

/** The row with its tooltip, which is made of safe parts already (see markdown.ts). */
export async function resolvedRow(item: vscode.TreeItem, node: TreeNode): Promise<vscode.TreeItem> {
  const tooltip = await node.tooltip?.();
  if (tooltip) item.tooltip = tooltip;
  return item;
}
