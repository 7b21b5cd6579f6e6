import type { LinkedPart } from '../../core/repository/linkedParts';
import { factsMarkdown } from '../ui/markdown';
import { nodeId, type TreeNode } from './treeNode';

/**
 * Stands for a repository of which a part is a link that leads out of it, until the person agrees to its use: "Linked to
 * /mnt/shared/objects".
 */
export function linkNode(parent: TreeNode, root: string, { path, realPath }: LinkedPart): TreeNode {
  return {
    parent,
    item: () => ({
      label: `Linked to ${realPath}`, description: 'Use It...', icon: 'link-external', id: nodeId(root, 'link', path), contextValue: 'link',
      command: { command: 'coral.useLinked', title: 'Use It...', arguments: [{ root, path, realPath }] },
      spoken: `${path} is a link to ${realPath}, outside of this folder. Use it`, isButton: true,
    }),
    tooltip: () => factsMarkdown('A link that leads out of this folder', [['Link', path], ['Leads to', realPath]]),
  };
}
