import type * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import { formatAge, formatCount, formatTimestamp, speakChanges } from '../../text/format';
import type { CoralClient } from '../../worker/client';
import type { CommitRow } from '../../worker/protocol/history';
import type { CommitRefs } from '../model/commitRefs';
import { factsMarkdown } from '../ui/markdown';
import { trainingFacts, trainingText } from '../wording/trainingText';
import { ChangeNode } from './changeNode';
import { errorNode } from './errorNode';
import { messageNode } from './messageNode';
import { moreRowsNode, type Paged } from './moreRowsNode';
import { nodeId, type RepositoryRow, type Row, type TreeNode } from './treeNode';

/** Changed weights loaded at a time. */
const pageSize = 1_000;

/** A commit: refs and message, who and when; below it the weights that it changed. */
export class CommitNode implements Paged, RepositoryRow {
  readonly parent: RepositoryRow;
  /** What it says stays; what is known of its training may come later. */
  row: CommitRow;
  readonly #client: CoralClient;
  /** what points at it now */
  refs: CommitRefs = { isHead: false, names: [], tags: [] };
  #wanted = pageSize;
  #changes: readonly ChangeNode[] = [];
  #total = 1;
  #drawnAge = '';

  constructor(parent: RepositoryRow, row: CommitRow, client: CoralClient) {
    this.parent = parent;
    this.row = row;
    this.#client = client;
  }

  get root(): string { return this.parent.root; }
  /** what commands take a commit by */
  get commit(): string { return this.row.hash; }
  /** Whether its age reads differently from when it was drawn last. */
  get isOutdated(): boolean { return this.#drawnAge !== '' && this.#drawnAge !== this.#age(); }
  /** The message's first line. */
  get title(): string { return this.row.message.trim().split('\n', 1)[0] || '(no message)'; }

  /** Tags that point at it, and those that the commit carries itself. */
  get tags(): string[] {
    return [...new Set([...this.refs.tags.map(({ name }) => name), ...this.row.labels])];
  }

  item(): Row {
    this.#drawnAge = this.#age();
    const { row: { hash, author, training }, refs: { isHead } } = this;
    const byWhom = [author, this.#drawnAge].filter(Boolean).join(', ');
    return {
      label: this.#label(), description: [this.tags.join(', '), this.#training(), byWhom].filter(Boolean).join(' · '),
      ...(isHead ? { icon: 'circle-filled', color: 'charts.blue' } : { icon: 'circle-outline' }),
      id: nodeId(this.root, hash), contextValue: training?.path === undefined ? 'commit' : 'commit.training', spoken: this.#spoken(),
    };
  }

  tooltip(): vscode.MarkdownString {
    const { hash, parents, author, email, message, timestamp, labels, changes, training } = this.row;
    const { isHead, names, tags } = this.refs;
    const others = labels.filter((label) => !tags.some(({ name }) => name === label));
    return factsMarkdown(message.trim() || '(no message)', [
      ['Commit', hash],
      ['Refs', [...(isHead && !names.includes('HEAD') ? ['HEAD'] : []), ...names].join(', ')],
      ...tags.map(({ name, description }) => ['Tag', description === undefined ? name : `${name} (${description})`] as const),
      ['Labels', others.join(', ')],
      ['Author', email === '' ? author : `${author} <${email}>`],
      ['Date', formatTimestamp(timestamp)],
      ...parents.map((parent) => ['Parent', parent] as const),
      ...(training ? trainingFacts(training) : []),
      ['Weights', changes ? speakChanges(changes) : 'what it changed is not known: its parent cannot be read'],
    ]);
  }

  async children(): Promise<TreeNode[]> {
    try {
      await this.#load();
    } catch (error) {
      return [...this.#changes, errorNode(this, CoralError.from(error))];
    }
    if (this.#total === 0) return [messageNode(this, 'No weights changed')];
    const left = this.#total - this.#changes.length;
    const more = `Load ${formatCount(Math.min(left, pageSize))} more (of ${formatCount(left)})`;
    return [...this.#changes, ...(left > 0 ? [moreRowsNode(this, more)] : [])];
  }

  wantMore(): void {
    this.#wanted = this.#changes.length + pageSize;
  }

  /** A commit never changes: what was loaded once stays. */
  async #load(): Promise<void> {
    while (this.#changes.length < Math.min(this.#wanted, this.#total)) {
      const offset = this.#changes.length;
      const { rows, total } = await this.#client.call('commitChanges', { root: this.root, commit: this.row.hash, offset, limit: pageSize });
      if (offset !== this.#changes.length) continue; // drawn twice at a time: the other one has got them
      this.#total = rows.length === 0 ? offset : total;
      this.#changes = [...this.#changes, ...rows.map((row) => new ChangeNode(this, row))];
    }
  }

  /** "(main, origin/main) Retrain the head", as `git log --decorate` has it. */
  #label(): string {
    const { names } = this.refs;
    return names.length > 0 ? `(${names.join(', ')}) ${this.title}` : this.title;
  }

  #age(): string {
    return formatAge(Date.parse(this.row.timestamp), Date.now());
  }

  #training(): string {
    return this.row.training ? trainingText(this.row.training) : '';
  }

  #spoken(): string {
    const { names, isHead } = this.refs;
    return [
      isHead ? 'Current commit' : 'Commit', ...names, this.tags.length > 0 ? `tagged ${this.tags.join(', ')}` : '', this.title,
      this.#training(), this.row.author, this.#age(), this.row.changes ? speakChanges(this.row.changes) : '',
    ].filter(Boolean).join(', ');
  }
}
