import * as vscode from 'vscode';
import type { CoralError } from '../../core/base/errors';
import type { LinkedPart } from '../../core/repository/linkedParts';
import { formatCount, formatCountOf } from '../../text/format';
import type { RemoteModel } from '../model/remoteModel';
import type { RepositoryModel } from '../model/repositoryModel';
import { factsMarkdown } from '../ui/markdown';
import { otherDifferences } from '../wording/statusText';
import { ErrorNode } from './errorNode';
import { LinkNode } from './linkNode';
import { MessageNode } from './messageNode';
import { RemoteNode } from './remoteNode';
import { nodeId, type TreeContext, type TreeNode } from './treeNode';

/** A repository; a row of its own only where there are several. */
export class RepositoryNode implements TreeNode {
  readonly parent = undefined;
  readonly repository: RepositoryModel;
  readonly context: TreeContext;
  readonly #remotes = new WeakMap<RemoteModel, RemoteNode>();
  readonly #errors = new Map<string, ErrorNode>();
  readonly #links = new Map<string, LinkNode>();
  #drawn = '';

  constructor(repository: RepositoryModel, context: TreeContext) {
    this.repository = repository;
    this.context = context;
  }

  item(): vscode.TreeItem {
    const { root, name } = this.repository;
    const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
    item.id = nodeId(root);
    item.description = this.#drawn = this.#description();
    item.iconPath = new vscode.ThemeIcon('repo');
    item.contextValue = 'repository';
    item.accessibilityInformation = { label: `Repository ${name}, ${this.#drawn}` };
    return item;
  }

  /** Whether a change of one of its remotes changes its own row as well. */
  looksDifferent(): boolean {
    return this.#drawn !== this.#description();
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
    const { root, links } = this.repository;
    if (links.length > 0) return links.map((link) => this.#linkNode(root, link));
    return [...this.repository.problems.map((problem) => this.#errorNode(problem)), ...this.repository.remotes.map(
      (remote) => this.remoteNode(remote),
    )];
  }

  /** What the view shows when this is the only repository; where nothing but the reason for a welcome view is left, that speaks of it. */
  rows(): TreeNode[] {
    const rows = this.children();
    const { error, remotesProblem, storeProblem } = this.repository;
    const said = [error, remotesProblem, storeProblem].map((problem) => problem?.message);
    const isLeftToWelcome = rows.every((row) => row instanceof ErrorNode && said.includes(row.error.message));
    return isLeftToWelcome ? [] : rows;
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

  /** The branch, and what there is to do with the default remote: "main · 3 to push", "main · 1 commit to push". */
  #description(): string {
    const { snapshot } = this.repository;
    const { status } = this.context.model.defaultRemote(this.repository) ?? {};
    return [
      snapshot?.branch ?? snapshot?.commit?.slice(0, 8) ?? '',
      ...(status && status.behind > 0 ? [`${formatCount(status.behind)} to pull`] : []),
      ...(status && status.ahead > 0 ? [`${formatCount(status.ahead)} to push`] : []),
      ...(status && status.ahead + status.behind === 0 ? otherDifferences(status).slice(0, 1) : []),
    ].filter((part) => part !== '').join(' · ');
  }

  #linkNode(root: string, link: LinkedPart): LinkNode {
    const key = `${link.path}\0${link.realPath}`;
    const node = this.#links.get(key) ?? new LinkNode(this, root, link);
    this.#links.set(key, node);
    return node;
  }

  #errorNode(error: CoralError): ErrorNode {
    const node = this.#errors.get(error.message) ?? new ErrorNode(this, error);
    this.#errors.set(error.message, node);
    return node;
  }
}
