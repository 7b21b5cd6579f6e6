import * as vscode from 'vscode';
import type { StatusSnapshot } from '../../worker/protocol/status';
import type { WeightGroup } from '../../worker/protocol/weights';
import { formatAheadBehind, formatCount, formatCountOf, formatTime, speakAheadBehind } from '../format';
import type { Direction, RemoteModel } from '../remoteModel';
import { ErrorNode } from './errorNode';
import { GroupNode } from './groupNode';
import { factsMarkdown } from './markdown';
import { MessageNode } from './messageNode';
import type { RepositoryNode } from './repositoryNode';
import { nodeId, type TreeNode } from './treeNode';

const groups: readonly WeightGroup[] = ['ahead', 'behind', 'synced'];
const doing: Record<Direction, string> = { push: 'pushing', pull: 'pulling', sync: 'syncing' };

export class RemoteNode implements TreeNode {
  readonly parent: RepositoryNode;
  readonly remote: RemoteModel;
  #groups: readonly GroupNode[] = [];
  #groupsOf: StatusSnapshot | undefined;
  #drawn: readonly unknown[] = [];

  constructor(parent: RepositoryNode, remote: RemoteModel) {
    this.parent = parent;
    this.remote = remote;
  }

  item(): vscode.TreeItem {
    const { root, name, activity, summary } = this.remote;
    const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = nodeId(root, name);
    item.description = [this.#state(), summary.url].filter(Boolean).join(' · ');
    item.iconPath = this.#icon();
    item.contextValue = `remote.${activity ? 'busy' : 'idle'}.${summary.backend}`;
    item.accessibilityInformation = { label: `Remote ${name}, ${this.#spokenState()}, ${summary.url}` };
    return item;
  }

  tooltip(): vscode.MarkdownString {
    const { summary, status, error } = this.remote;
    return factsMarkdown(summary.name, [
      ['URL', summary.url],
      ...(summary.endpointUrl === undefined ? [] : [['Endpoint', summary.endpointUrl] as const]),
      ...(summary.region === undefined ? [] : [['Region', summary.region] as const]),
      ...(status ? statusFacts(status) : []),
      ...(error ? [['Problem', error.message] as const] : []),
    ]);
  }

  /** Whether it looks different from when it was drawn last. Drawing a row draws all below it: progress alone is no reason. */
  takeChange(): boolean {
    const { status, error, activity, isChecking } = this.remote;
    const look = [status, error, activity?.direction, isChecking];
    const changed = look.some((part, index) => part !== this.#drawn[index]);
    this.#drawn = look;
    return changed;
  }

  async children(): Promise<TreeNode[]> {
    if (this.remote.isUnknown || (!this.remote.status && this.remote.isChecking)) await this.remote.fetchStatus();
    const { status, error } = this.remote;
    return [
      ...(error ? [new ErrorNode(this, error, this.remote)] : []),
      ...(status ? this.#statusRows(status) : []),
    ];
  }

  #statusRows(status: StatusSnapshot): TreeNode[] {
    const warnings = status.warnings.map((warning) => new MessageNode(this, warning, 'warning'));
    if (status.missing.length > 0) {
      warnings.push(new MessageNode(this, `${formatCountOf(status.missing.length, 'weight')} named by commits, but on neither side`, 'warning'));
    }
    const shown = this.#groupsFor(status);
    return shown.length > 0 ? [...warnings, ...shown] : [...warnings, new MessageNode(this, 'No weights yet, neither here nor there')];
  }

  /** Groups of a new status load as many rows as were shown before it. */
  #groupsFor(status: StatusSnapshot): readonly GroupNode[] {
    if (status === this.#groupsOf) return this.#groups;
    const former = this.#groups;
    this.#groups = groups
      .filter((group) => status[group] > 0)
      .map((group) => new GroupNode(this, group, status[group], former.find((node) => node.group === group)?.wanted));
    this.#groupsOf = status;
    return this.#groups;
  }

  #state(): string {
    const { activity, status, trouble, isChecking } = this.remote;
    if (activity) return `${doing[activity.direction]}…`;
    if (isChecking) return 'checking…';
    if (trouble !== undefined) return trouble;
    if (!status) return '';
    return formatAheadBehind(status.ahead, status.behind) || (status.isSynced ? 'in sync' : 'commits differ');
  }

  #spokenState(): string {
    const { activity, status, error } = this.remote;
    if (error) return error.message;
    return activity ?? !status ? this.#state() || 'not checked' : speakAheadBehind(status.ahead, status.behind);
  }

  #icon(): vscode.ThemeIcon {
    const { activity, error, isChecking, summary } = this.remote;
    if (activity ?? isChecking) return new vscode.ThemeIcon('sync~spin');
    if (error) return new vscode.ThemeIcon('warning', new vscode.ThemeColor('charts.yellow'));
    return new vscode.ThemeIcon(summary.backend === 'file' ? 'home' : 'cloud');
  }
}

function statusFacts(status: StatusSnapshot): (readonly [string, string])[] {
  return [
    ['To push', formatCountOf(status.ahead, 'weight')],
    ['To pull', formatCountOf(status.behind, 'weight')],
    ['Synced', formatCountOf(status.synced, 'weight')],
    ...(status.missing.length > 0 ? [['On neither side', formatCount(status.missing.length)] as const] : []),
    ['Checked', formatTime(status.checkedAt, Date.now())],
  ];
}
