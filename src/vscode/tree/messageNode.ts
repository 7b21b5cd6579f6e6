import type { TreeNode } from './treeNode';

/** A row that only says something: "No weights yet". */
export function messageNode(parent: TreeNode, label: string, icon = 'info'): TreeNode {
  return { parent, item: () => ({ label, icon, contextValue: 'message', spoken: icon === 'warning' ? `Warning: ${label}` : label }) };
}
