import * as vscode from 'vscode';
import type { CoralModel, ModelChange } from '../model/coralModel';
import type { RemoteModel } from '../model/remoteModel';
import { RepositoryModel } from '../model/repositoryModel';
import { onDidChangeSettings } from '../settings/settings';
import { RemoteNode } from './remoteNode';
import { RepositoryNode } from './repositoryNode';
import { resolvedRow, shownRow } from './shownRow';
import type { TreeContext, TreeNode } from './treeNode';
import type { WeightListing } from './weightListing';

/** The view "Remotes": shows the model, and redraws only what changed in it. */
export class RemotesTree implements vscode.TreeDataProvider<TreeNode>, TreeContext {
  readonly model: CoralModel;
  readonly listing: WeightListing;
  readonly #changes = new vscode.EventEmitter<TreeNode | undefined>();
  readonly #subscription: vscode.Disposable;
  readonly #repositories = new WeakMap<RepositoryModel, RepositoryNode>();
  #drawnRoots: readonly TreeNode[] = [];
  #held: Set<TreeNode> | undefined;

  readonly onDidChangeTreeData = this.#changes.event;
  readonly getTreeItem = shownRow;
  readonly resolveTreeItem = resolvedRow;

  constructor(model: CoralModel, listing: WeightListing) {
    this.model = model;
    this.listing = listing;
    this.#subscription = vscode.Disposable.from(
      model.onDidChange((change) => this.#redraw(change)),
      listing.onDidChange(() => this.#changes.fire(undefined)),
      onDidChangeSettings(() => { for (const remote of model.remotes) this.#redrawRemote(remote); }, ['coral.defaultRemote']),
    );
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.parent === this.#onlyRepository() ? undefined : node.parent;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (!node) this.#drawnRoots = this.#roots();
    const children = node ? await node.children?.() ?? [] : [...this.#drawnRoots];
    for (const child of children) if (child instanceof RemoteNode && child.remote.isUnknown) void child.remote.fetchStatusInTurn();
    return children.length === 0 && node instanceof RepositoryNode ? node.placeholder() : children;
  }

  remoteNode(remote: RemoteModel): RemoteNode | undefined {
    const repository = this.model.repository(remote.root);
    return repository && this.#repositoryNode(repository).remoteNode(remote);
  }

  /** Draws a node and what is below it again. */
  redraw(node: TreeNode): void {
    if (this.#held) this.#held.add(node);
    else this.#changes.fire(node);
  }

  /** Lets `redraw` wait until `work` is done: VS Code loses a row that it is about to show when those above it are drawn again. */
  async holdStill(work: () => Thenable<void>): Promise<void> {
    const held = this.#held ??= new Set();
    try {
      await work();
    } finally {
      this.#held = undefined;
      for (const node of held) this.#changes.fire(node);
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changes.dispose();
  }

  #redraw(change: ModelChange): void {
    if (!change) {
      this.#changes.fire(undefined);
    } else if (!(change instanceof RepositoryModel)) {
      this.#redrawRemote(change);
    } else if (!this.#onlyRepository()) {
      this.#changes.fire(this.#repositoryNode(change));
    } else if (!sameNodes(this.#roots(), this.#drawnRoots)) {
      this.#changes.fire(undefined);
    }
  }

  #redrawRemote(remote: RemoteModel): void {
    const repository = this.model.repository(remote.root);
    const parent = repository && this.#repositoryNode(repository);
    const node = parent?.remoteNode(remote);
    if (node?.takeChange()) this.#changes.fire(!this.#onlyRepository() && parent?.looksDifferent() ? parent : node);
  }

  #roots(): TreeNode[] {
    return this.#onlyRepository()?.rows() ?? this.model.repositories.map((repository) => this.#repositoryNode(repository));
  }

  #onlyRepository(): RepositoryNode | undefined {
    const [first, ...others] = this.model.repositories;
    return first && others.length === 0 ? this.#repositoryNode(first) : undefined;
  }

  #repositoryNode(repository: RepositoryModel): RepositoryNode {
    const node = this.#repositories.get(repository) ?? new RepositoryNode(repository, this);
    this.#repositories.set(repository, node);
    return node;
  }
}

function sameNodes(one: readonly TreeNode[], other: readonly TreeNode[]): boolean {
  return one.length === other.length && one.every((node, index) => node === other[index]);
}
