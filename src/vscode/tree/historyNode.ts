import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { CoralError } from '../../core/base/errors';
import type { CoralClient } from '../../worker/client';
import type { CommitPage } from '../../worker/protocol/history';
import { RefsOfRepository } from '../model/commitRefs';
import type { RepositoryModel } from '../model/repositoryModel';
import { divergedBranches, divergedText } from '../wording/statusText';
import { absentRefNode } from './absentRefNode';
import { CommitNode } from './commitNode';
import { damagedCommitNode } from './damagedCommitNode';
import { errorNode } from './errorNode';
import { messageNode } from './messageNode';
import { moreRowsNode, type Paged } from './moreRowsNode';
import { nodeId, type RepositoryRow, type Row, type TreeNode } from './treeNode';

/** Commits loaded at a time. */
const pageSize = 200;

/** Milliseconds that refs are waited for: reading a repository of very many commits takes longer, and their rows need not wait for it. */
const patience = 500;

/** The history of a repository; a row of its own only where there are several. */
export class HistoryNode implements Paged, RepositoryRow {
  readonly parent = undefined;
  readonly repository: RepositoryModel;
  readonly #client: CoralClient;
  #wanted = pageSize;
  #commits: readonly CommitNode[] = [];
  #drawn: readonly unknown[] = [];

  constructor(repository: RepositoryModel, client: CoralClient) {
    this.repository = repository;
    this.#client = client;
  }

  get root(): string { return this.repository.root; }
  /** those that are shown */
  get commits(): readonly CommitNode[] { return this.#commits; }

  item(): Row {
    const { name, snapshot: { branch, commit } = {} } = this.repository;
    return {
      label: name, description: branch ?? (commit === undefined ? '' : `detached at ${commit.slice(0, 8)}`), icon: 'repo', state: 'open',
      id: nodeId(this.root), contextValue: 'repository',
    };
  }

  wantMore(): void {
    this.#wanted = this.#commits.length + pageSize;
  }

  /** Whether it shows something else than when this was asked last. */
  takeChange(): boolean {
    const { snapshot, error, remotes } = this.repository;
    const { branch, commit, commits, branches, trackingRefs, tags, trainingStates, problems = [] } = snapshot ?? {};
    const problemTexts = problems.map(({ message }) => message);
    const names = remotes.map(({ name }) => name);
    const shown = [
      error?.message, branch, commit, commits, branches, trackingRefs, tags, trainingStates, problemTexts, names, this.#freshRefs(),
      this.#diverged(),
    ];
    const changed = !isDeepStrictEqual(shown, this.#drawn);
    this.#drawn = shown;
    return changed;
  }

  async children(): Promise<TreeNode[]> {
    await Promise.race([this.repository.load(), delay(patience)]);
    const { error, snapshot } = this.repository;
    if (error) return [errorNode(this, error)];
    const refs = snapshot && new RefsOfRepository(snapshot, this.#freshRefs());
    try {
      const lookFor = [...new Set(refs?.remoteRefs.map(({ commit }) => commit))];
      return this.#rows(await this.#client.call('history', { root: this.root, offset: 0, limit: this.#wanted, lookFor }), refs);
    } catch (failure) {
      return [errorNode(this, CoralError.from(failure))];
    }
  }

  /** The same where no welcome view says why there is nothing. */
  async childrenOrPlaceholder(): Promise<TreeNode[]> {
    const children = await this.children();
    return children.length > 0 ? children : [messageNode(this, 'No commits yet')];
  }

  #rows({ rows, hasMore, absent }: CommitPage, refs: RefsOfRepository | undefined): TreeNode[] {
    const former = new Map(this.#commits.map((node) => [node.row.hash, node]));
    const shown = rows.map((row) => {
      if ('problem' in row) return damagedCommitNode(this, row);
      const node = former.get(row.hash) ?? new CommitNode(this, row, this.#client);
      node.row = row;
      if (refs) node.refs = refs.at(row.hash);
      return node;
    });
    this.#commits = shown.filter((node) => node instanceof CommitNode);
    const elsewhere = (refs?.remoteRefs ?? []).filter(({ commit }) => absent.includes(commit)).map((ref) => absentRefNode(this, ref));
    const diverged = this.#diverged().map((text) => messageNode(this, text, 'git-compare'));
    return [...diverged, ...elsewhere, ...shown, ...(hasMore ? [moreRowsNode(this, 'Load more commits')] : [])];
  }

  /** What the remotes said of the current branch, where neither side can go to the other's. */
  #diverged(): string[] {
    const { remotes, snapshot } = this.repository;
    return remotes.flatMap(({ name, status }) => (status ? divergedBranches(status) : [])
      .filter((branch) => branch.name === snapshot?.branch).map((branch) => divergedText(branch, name)));
  }

  #freshRefs(): Record<string, Readonly<Record<string, string>>> {
    return Object.fromEntries(this.repository.remotes.flatMap(({ name, status }) => (status ? [[name, status.refs]] : [])));
  }
}
