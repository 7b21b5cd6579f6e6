import * as vscode from 'vscode';
import type { CoralModel, ModelChange } from '../model';
import { RepositoryModel } from '../repositoryModel';
import { RemoteNode } from './remoteNode';
import { RepositoryNode } from './repositoryNode';
import type { TreeNode } from './treeNode';

/** The view "Remotes": shows the model, and redraws only what changed in it. */
export class RemotesTree implements vscode.TreeDataProvider<TreeNode> {
  readonly #model: CoralModel;
  readonly #changes = new vscode.EventEmitter<TreeNode | undefined>();
  readonly #subscription: vscode.Disposable;
  readonly #repositories = new WeakMap<RepositoryModel, RepositoryNode>();
  #drawnRoots: readonly TreeNode[] = [];

  readonly onDidChangeTreeData = this.#changes.event;

  constructor(model: CoralModel) {
    this.#model = model;
    this.#subscription = model.onDidChange((change) => this.#redraw(change));
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return node.item();
  }

  resolveTreeItem(item: vscode.TreeItem, node: TreeNode): vscode.TreeItem {
    item.tooltip = node.tooltip?.();
    return item;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.parent === this.#onlyRepository() ? undefined : node.parent;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (!node) this.#drawnRoots = this.#roots();
    const children = node ? await node.children() : [...this.#drawnRoots];
    for (const child of children) if (child instanceof RemoteNode && child.remote.isUnknown) void child.remote.fetchStatus();
    return children.length === 0 && node instanceof RepositoryNode ? node.placeholder() : children;
  }

  /** Draws a node and what is below it again. */
  redraw(node: TreeNode): void {
    this.#changes.fire(node);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changes.dispose();
  }

  #redraw(change: ModelChange): void {
    if (!change) {
      this.#changes.fire(undefined);
    } else if (!(change instanceof RepositoryModel)) {
      const repository = this.#model.repository(change.root);
      const node = repository && this.#repositoryNode(repository).remoteNode(change);
      if (node?.takeChange()) this.#changes.fire(node);
    } else if (!this.#onlyRepository()) {
      this.#changes.fire(this.#repositoryNode(change));
    } else if (!sameNodes(this.#roots(), this.#drawnRoots)) {
      this.#changes.fire(undefined);
    }
  }

  #roots(): TreeNode[] {
    return this.#onlyRepository()?.rows() ?? this.#model.repositories.map((repository) => this.#repositoryNode(repository));
  }

  #onlyRepository(): RepositoryNode | undefined {
    const [first, ...others] = this.#model.repositories;
    return first && others.length === 0 ? this.#repositoryNode(first) : undefined;
  }

  #repositoryNode(repository: RepositoryModel): RepositoryNode {
    const node = this.#repositories.get(repository) ?? new RepositoryNode(repository);
    this.#repositories.set(repository, node);
    return node;
  }
}

function sameNodes(one: readonly TreeNode[], other: readonly TreeNode[]): boolean {
  return one.length === other.length && one.every((node, index) => node === other[index]);
}
