import { formatCount } from '../../text/format';
import { nodeId, type TreeNode } from './treeNode';
import { pageSize, type WeightHolder } from './weightHolder';

/** Stands for rows that are not loaded, from a page on: "Load 500 more (of 98,212)". */
export function moreNode(parent: WeightHolder, page: number, left: number): TreeNode {
  const { remote: { root, name }, group, module = '' } = parent;
  const label = `Load ${formatCount(Math.min(pageSize, left))} more (of ${formatCount(left)})`;
  return {
    parent,
    item: () => ({
      label, icon: 'ellipsis', id: nodeId(root, name, group, 'more', module, String(page)), contextValue: 'more',
      command: { command: 'coral.loadMore', title: 'Load More', arguments: [parent, page] },
      spoken: `${label} weights`, isButton: true,
    }),
  };
}
