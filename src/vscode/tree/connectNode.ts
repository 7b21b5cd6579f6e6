import type { RemoteModel } from '../model/remoteModel';
import { nodeId, type TreeNode } from './treeNode';

/** Stands below a remote that came with the folder and that nobody has agreed to yet: "Connect to minio.example.com:9000...". */
export function connectNode(parent: TreeNode, { root, name, target, at: { place } }: RemoteModel): TreeNode {
  const label = `Connect to ${String(place.host)}`;
  return {
    parent,
    item: () => ({
      label: `${label}...`, icon: 'plug', id: nodeId(root, name, 'connect'), contextValue: 'connect',
      command: { command: 'coral.fetchStatus', title: 'Connect', arguments: [target] },
      spoken: `${name} is not connected. ${label}`, isButton: true,
    }),
  };
}
