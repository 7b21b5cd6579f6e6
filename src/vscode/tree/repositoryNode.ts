import type * as vscode from 'vscode';
import { formatCount, formatCountOf } from '../../text/format';
import type { RemoteModel } from '../model/remoteModel';
import type { RepositoryModel } from '../model/repositoryModel';
import { factsMarkdown } from '../ui/markdown';
import { otherDifferences } from '../wording/statusText';
import { errorNode } from './errorNode';
import { linkNode } from './linkNode';
import { messageNode } from './messageNode';
import { RemoteNode } from './remoteNode';
import { nodeId, type Row, type TreeContext, type TreeNode } from './treeNode';

/** A repository; a row of its own only where there are several. */
export class RepositoryNode implements TreeNode {
  readonly parent = undefined;
  readonly repository: RepositoryModel;
  readonly context: TreeContext;
  readonly #remotes = new WeakMap<RemoteModel, RemoteNode>();
  readonly #others = new Map<string, TreeNode>();
  #drawn = '';

  constructor(repository: RepositoryModel, context: TreeContext) {
    this.repository = repository;
    this.context = context;
  }

  item(): Row {
    const { root, name } = this.repository;
    const description = this.#drawn = this.#description();
    return {
      label: name, description, icon: 'repo', state: 'open', id: nodeId(root), contextValue: 'repository',
      spoken: `Repository ${name}, ${description}`,
    };
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
    const { root, links, problems, remotes } = this.repository;
    if (links.length > 0) return links.map((link) => this.#kept(`${link.path}\0${link.realPath}`, () => linkNode(this, root, link)));
    return [
      ...problems.map((problem) => this.#kept(problem.message, () => errorNode(this, problem))),
      ...remotes.map((remote) => this.remoteNode(remote)),
    ];
  }

  /** What the view shows when this is the only repository; where nothing but the reason for a welcome view is left, that speaks of it. */
  rows(): TreeNode[] {
    const { error, remotesProblem, storeProblem, problems, links, remotes } = this.repository;
    const said = [error, remotesProblem, storeProblem].map((problem) => problem?.message);
    const isLeftToWelcome = links.length + remotes.length === 0 && problems.every(({ message }) => said.includes(message));
    return isLeftToWelcome ? [] : this.children();
  }

  /** What to say where `children` is empty and no welcome view says it. */
  placeholder(): TreeNode[] {
    return this.repository.snapshot ? [messageNode(this, 'No remotes yet: add one with "Coral: Add Remote"')] : [];
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

  #kept(key: string, make: () => TreeNode): TreeNode {
    const node = this.#others.get(key) ?? make();
    this.#others.set(key, node);
    return node;
  }
}
