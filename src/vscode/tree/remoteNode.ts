import type * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import { formatDay, formatAheadBehind, formatCountOf, formatTime } from '../../text/format';
import type { StatusSnapshot } from '../../worker/protocol/status';
import type { TransferAction } from '../../worker/protocol/transfers';
import { type WeightGroup, weightGroups, type WeightTotal } from '../../worker/protocol/weights';
import type { RemoteModel } from '../model/remoteModel';
import type { RepositoryModel } from '../model/repositoryModel';
import { damageText, spokenState, stateText } from '../wording/statusText';
import { connectNode } from './connectNode';
import { errorNode } from './errorNode';
import { GroupNode } from './groupNode';
import { messageNode } from './messageNode';
import { remoteTooltip } from './remoteTooltip';
import { nodeId, type RemoteRow, type Row, type TreeContext, type TreeNode } from './treeNode';

const doing: Record<TransferAction, string> = { push: 'pushing', pull: 'pulling', sync: 'syncing' };

function totalOf(status: StatusSnapshot, group: WeightGroup): WeightTotal {
  return { weights: status[group], names: status.names?.[group] };
}

interface RepositoryParent extends TreeNode {
  readonly repository: RepositoryModel;
  readonly context: TreeContext;
}

export class RemoteNode implements RemoteRow {
  readonly parent: RepositoryParent;
  readonly remote: RemoteModel;
  readonly #groups: readonly GroupNode[] = weightGroups.map((group) => new GroupNode(this, group));
  #groupsShow: readonly unknown[] = [];
  #drawn: readonly unknown[] = [];

  constructor(parent: RepositoryParent, remote: RemoteModel) {
    this.parent = parent;
    this.remote = remote;
  }

  get context(): TreeContext { return this.parent.context; }
  /** how many weights checks have found damaged, here or on the remote */
  get #damaged(): number { return this.parent.repository.damage.count(undefined, this.remote); }

  item(): Row {
    const { root, name, activity, summary: { url }, backend, needsCredentials } = this.remote;
    const isDefault = this.#isDefault();
    return {
      label: name, description: [...this.#state(), ...(isDefault ? ['default'] : []), url, ...this.#checked()].join(' · '), ...this.#icon(),
      id: nodeId(root, name),
      contextValue: `remote.${activity ? 'busy' : 'idle'}${needsCredentials ? '.credentials' : ''}${backend?.policy ? '.policy' : ''}`,
      spoken: [isDefault ? 'Default remote' : 'Remote', name, this.#spokenState(), url, ...this.#checked()].join(', '),
    };
  }

  tooltip(): Promise<vscode.MarkdownString> {
    return remoteTooltip(this.remote, (group) => this.group(group)?.bytes);
  }

  /** Whether it looks different from when it was drawn last. Drawing a row draws all below it: progress alone is no reason. */
  takeChange(): boolean {
    const { status, error, activity, isChecking, isAllowed, waitsForFirstPush } = this.remote;
    const look = [
      status, error, activity?.direction, isChecking, isAllowed, waitsForFirstPush, this.#isDefault(), this.parent.repository.damage,
    ];
    const changed = look.some((part, index) => part !== this.#drawn[index]);
    this.#drawn = look;
    return changed;
  }

  async children(): Promise<TreeNode[]> {
    if (this.remote.isUnknown || (!this.remote.status && this.remote.isChecking)) await this.remote.fetchStatus();
    const { status, lastSeen, error, isAllowed, waitsForFirstPush } = this.remote;
    return [
      ...(isAllowed ? [] : [connectNode(this, this.remote)]),
      ...(waitsForFirstPush ? [messageNode(this, 'Auto push starts after your first push to this remote')] : []),
      ...(error ? [errorNode(this, error, this.remote)] : []),
      ...(status ? await this.#statusRows(status) : lastSeen ? this.#remembered(lastSeen) : []),
    ];
  }

  /** The group that a weight of the last status belongs to. */
  group(group: WeightGroup): GroupNode | undefined {
    return this.#groups.find((node) => node.group === group);
  }

  async #statusRows(status: StatusSnapshot): Promise<TreeNode[]> {
    const missing = status.missing.length;
    const warnings = [
      ...status.warnings,
      ...(missing > 0 ? [`${formatCountOf(missing, 'weight')} named by commits, but on neither side`] : []),
      ...(this.#damaged > 0
        ? [`${formatCountOf(this.#damaged, 'damaged weight')}. Run "Coral: Repair..." to look for good copies.`]
        : []),
    ].map((warning) => messageNode(this, warning, 'warning'));
    if (status.ahead + status.behind + status.synced === 0) {
      return [...warnings, messageNode(this, 'No weights yet, here or on the remote')];
    }
    try {
      const shown = await this.#groupsOf(status);
      const { filter } = this.context.listing;
      return [...warnings, ...(shown.length > 0 ? shown : [messageNode(this, `No weight matches "${filter}"`, 'filter')])];
    } catch (error) {
      return [...warnings, errorNode(this, CoralError.from(error), this.remote)];
    }
  }

  /** Those that have something to show. They are told of a new status or filter once. */
  async #groupsOf(status: StatusSnapshot): Promise<GroupNode[]> {
    const { filter } = this.context.listing;
    const shows = [status, filter];
    const totals = filter === '' ? undefined : await this.remote.call('weightTotals', { filter });
    const shown = this.#groups.filter(({ group }) => (totals ? totals[group].weights : status[group]) > 0);
    if (shows.some((part, index) => part !== this.#groupsShow[index])) {
      for (const node of this.#groups) node.show(totals?.[node.group] ?? totalOf(status, node.group), totalOf(status, node.group));
      this.#groupsShow = shows;
    }
    for (const node of shown) void node.measure();
    return shown;
  }

  /** The counts of an earlier session; there are no lists to look into. */
  #remembered(status: StatusSnapshot): TreeNode[] {
    this.#groupsShow = [];
    return this.#groups.filter(({ group }) => status[group] > 0).map(
      (node) => node.show(totalOf(status, node.group), totalOf(status, node.group)),
    );
  }

  #state(): string[] {
    const { activity, status, lastSeen, trouble, isChecking } = this.remote;
    if (activity) return [`${doing[activity.direction]}…`];
    if (isChecking && !status) return ['checking…'];
    const last = status ?? lastSeen;
    const counts = last && formatAheadBehind(last.ahead, last.behind);
    if (trouble !== undefined) {
      return [trouble, ...(last ? [`last seen ${formatDay(last.checkedAt, Date.now())}`] : []), ...(counts ? [counts] : [])];
    }
    return status ? [stateText(status), ...this.#damage()] : [];
  }

  #damage(): string[] {
    const text = damageText(this.#damaged);
    return text === '' ? [] : [text];
  }

  /** Whether the status bar shows and syncs it, where that is a choice among several. */
  #isDefault(): boolean {
    const { repository } = this.parent;
    return repository.remotes.length > 1 && this.context.model.defaultRemote(repository) === this.remote;
  }

  #checked(): string[] {
    const { status, error } = this.remote;
    return status && !error ? [`checked ${formatTime(status.checkedAt, Date.now())}`] : [];
  }

  #spokenState(): string {
    const { activity, status, error } = this.remote;
    if (error) return [error.message, ...this.#state().slice(1)].join(', ');
    return activity ?? !status ? this.#state().join(', ') || 'not checked' : [spokenState(status), ...this.#damage()].join(', ');
  }

  #icon(): Pick<Row, 'icon' | 'color'> {
    const { activity, error, icon, isAllowed, isChecking } = this.remote;
    if (!isAllowed) return { icon: 'debug-disconnect' };
    if (activity ?? isChecking) return { icon: 'sync~spin' };
    return error || this.#damaged > 0 ? { icon: 'warning', color: 'charts.yellow' } : { icon };
  }
}
