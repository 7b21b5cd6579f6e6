import * as vscode from 'vscode';
import type { RemoteModel } from '../model/remoteModel';
import { nodeId, type TreeNode } from './treeNode';

/** Stands below a remote that came with the folder and that nobody has agreed to yet: "Connect to minio.example.com:9000...". */
export class ConnectNode implements TreeNode {
  readonly parent: TreeNode;
  readonly #remote: RemoteModel;

  constructor(parent: TreeNode, remote: RemoteModel) {
    this.parent = parent;
    this.#remote = remote;
  }

  item(): vscode.TreeItem {
    const { root, name, at } = this.#remote;
    const item = new vscode.TreeItem(`Connect to ${String(at.place.host)}...`);
    item.id = nodeId(root, name, 'connect');
    item.iconPath = new vscode.ThemeIcon('plug');
    item.contextValue = 'connect';
    item.command = { command: 'coral.fetchStatus', title: 'Connect', arguments: [{ root, remote: name }] };
    item.accessibilityInformation = { label: `${name} is not connected. Connect to ${String(at.place.host)}`, role: 'button' };
    return item;
  }

  children(): TreeNode[] {
    return [];
  }
}
