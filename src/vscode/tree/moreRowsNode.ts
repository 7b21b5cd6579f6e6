import { nodeId, type TreeNode } from './treeNode';

/** A node whose children are loaded page by page. */
export interface Paged extends TreeNode {
  /** Another page, when the node is drawn the next time. */
  wantMore(): void;
}

/** The last row of what is not loaded whole. */
export function moreRowsNode(parent: Paged, label: string): TreeNode {
  return {
    parent,
    item: () => ({
      label, icon: 'ellipsis', id: nodeId(parent.item().id ?? '', 'more'), contextValue: 'more',
      command: { command: 'coral.loadMoreHistory', title: 'Load More', arguments: [parent] },
    }),
  };
}
