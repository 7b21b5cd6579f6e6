import * as vscode from 'vscode';
import type { CoralClient } from '../../worker/client';
import type { CoralModel, ModelChange } from '../model/coralModel';
import type { RepositoryModel } from '../model/repositoryModel';
import { HistoryNode } from './historyNode';
import { resolvedRow, shownRow } from './shownRow';
import type { TreeNode } from './treeNode';

/** The view "History": the commits of each repository's current branch, and what each of them changed. */
export class HistoryTree implements vscode.TreeDataProvider<TreeNode> {
  readonly #model: CoralModel;
  readonly #client: CoralClient;
  readonly #changes = new vscode.EventEmitter<TreeNode | undefined>();
  readonly #subscription: vscode.Disposable;
  readonly #histories = new WeakMap<RepositoryModel, HistoryNode>();

  readonly onDidChangeTreeData = this.#changes.event;
  readonly getTreeItem = shownRow;
  readonly resolveTreeItem = resolvedRow;

  constructor(model: CoralModel, client: CoralClient) {
    this.#model = model;
    this.#client = client;
    this.#subscription = model.onDidChange((change) => this.#redraw(change));
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.parent === this.#onlyHistory() ? undefined : node.parent;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node) return node instanceof HistoryNode ? node.childrenOrPlaceholder() : node.children?.() ?? [];
    return await this.#onlyHistory()?.children() ?? this.#model.repositories.map((repository) => this.historyOf(repository));
  }

  historyOf(repository: RepositoryModel): HistoryNode {
    const node = this.#histories.get(repository) ?? new HistoryNode(repository, this.#client);
    this.#histories.set(repository, node);
    return node;
  }

  /** Draws a node and what is below it again. */
  redraw(node: TreeNode): void {
    this.#changes.fire(node === this.#onlyHistory() ? undefined : node);
  }

  /** Reads and draws all of it again. */
  redrawAll(): void {
    this.#changes.fire(undefined);
  }

  /** Draws those rows again whose age reads differently by now. */
  redrawAges(): void {
    for (const repository of this.#model.repositories) {
      for (const commit of this.historyOf(repository).commits) if (commit.isOutdated) this.#changes.fire(commit);
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changes.dispose();
  }

  /** What a remote does moves no row, unless it tells other refs than before. */
  #redraw(change: ModelChange): void {
    if (!change) return this.redrawAll();
    const repository = this.#model.repository(change.root);
    const node = repository && this.historyOf(repository);
    if (node?.takeChange()) this.redraw(node);
  }

  #onlyHistory(): HistoryNode | undefined {
    const [first, ...others] = this.#model.repositories;
    return first && others.length === 0 ? this.historyOf(first) : undefined;
  }
}

/** Keeps "5 min ago" true while somebody can see it. */
export function keepAgesFresh(view: vscode.TreeView<TreeNode>, tree: HistoryTree): vscode.Disposable {
  const redraw = (): void => {
    if (view.visible) tree.redrawAges();
  };
  const timer = setInterval(redraw, 60_000);
  return vscode.Disposable.from(view.onDidChangeVisibility(redraw), { dispose: () => clearInterval(timer) });
}
