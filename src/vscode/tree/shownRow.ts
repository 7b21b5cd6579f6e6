import * as vscode from 'vscode';
import { safeText } from '../../text/safeText';
import type { TreeNode } from './treeNode';

// The one door from nodes to rows: names and errors in them come from outside.

/** The row of a node as it may be shown. */
export function shownRow(node: TreeNode): vscode.TreeItem {
  const { label, description, icon, color, spoken, isButton, state, ...rest } = node.item();
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  const closed = node.children && state !== 'shut' ? Collapsed : None;
  const item = Object.assign(new vscode.TreeItem(safeText(label, 'label'), state === 'open' ? Expanded : closed), rest);
  item.iconPath = new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
  if (description !== undefined) item.description = safeText(description, 'label');
  if (spoken !== undefined) item.accessibilityInformation = { label: safeText(spoken, 'label'), ...(isButton && { role: 'button' }) };
  return item;
}

/** The row with its tooltip, which is made of safe parts already (see markdown.ts). */
export async function resolvedRow(item: vscode.TreeItem, node: TreeNode): Promise<vscode.TreeItem> {
  const tooltip = await node.tooltip?.();
  if (tooltip) item.tooltip = tooltip;
  return item;
}
