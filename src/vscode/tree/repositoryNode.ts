import * as vscode from 'vscode';
import { CoralError } from '../../core/errors';
import { formatCountOf } from '../format';
import type { RemoteModel } from '../remoteModel';
import type { RepositoryModel } from '../repositoryModel';
import { ErrorNode } from './errorNode';
import { factsMarkdown } from './markdown';
import { MessageNode } from './messageNode';
import { RemoteNode } from './remoteNode';
import { nodeId, type TreeNode } from './treeNode';

/** A repository; a row of its own only where there are several. */
export class RepositoryNode implements TreeNode {
  readonly parent = undefined;
  readonly repository: RepositoryModel;
  readonly #remotes = new WeakMap<RemoteModel, RemoteNode>();
  readonly #errors = new Map<string, ErrorNode>();

  constructor(repository: RepositoryModel) {
    this.repository = repository;
  }

  item(): vscode.TreeItem {
    const { root, name, snapshot } = this.repository;
    const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
    item.id = nodeId(root);
    item.description = snapshot?.branch ?? snapshot?.commit?.slice(0, 8) ?? '';
    item.iconPath = new vscode.ThemeIcon('repo');
    item.contextValue = 'repository';
    return item;
  }

  tooltip(): vscode.MarkdownString {
    const { root, snapshot } = this.repository;
    return factsMarkdown(root, snapshot ? [
      ['Branch', snapshot.branch ?? 'none (detached HEAD)'],
      ['Commits', String(snapshot.commits)],
      ['Weights', String(snapshot.weights)],
      ['Staged', formatCountOf(snapshot.staged, 'weight')],
    ] : []);
  }

  /** The same nodes as long as they show the same. */
  children(): TreeNode[] {
    const { error, snapshot, remotes } = this.repository;
    const problems = error ? [error] : (snapshot?.problems ?? []).map((problem) => CoralError.fromJSON(problem));
    return [...problems.map((problem) => this.#errorNode(problem)), ...remotes.map((remote) => this.remoteNode(remote))];
  }

  /** What the view shows when this is the only repository; the welcome view speaks of a remotes.json that cannot be read. */
  rows(): TreeNode[] {
    const [only, ...others] = this.children();
    const isLeftToWelcome = others.length === 0 && only instanceof ErrorNode && only.error.message === this.repository.remotesProblem?.message;
    return isLeftToWelcome ? [] : this.children();
  }

  /** What to say where `children` is empty and no welcome view says it. */
  placeholder(): TreeNode[] {
    return this.repository.snapshot ? [new MessageNode(this, 'No remotes yet: add one with "Coral: Add Remote"')] : [];
  }

  remoteNode(remote: RemoteModel): RemoteNode {
    const node = this.#remotes.get(remote) ?? new RemoteNode(this, remote);
    this.#remotes.set(remote, node);
    return node;
  }

  #errorNode(error: CoralError): ErrorNode {
    const node = this.#errors.get(error.message) ?? new ErrorNode(this, error);
    this.#errors.set(error.message, node);
    return node;
  }
}
