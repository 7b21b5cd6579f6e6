import * as vscode from 'vscode';
import { CoralError } from '../../core/errors';
import type { WeightGroup, WeightRow } from '../../worker/protocol/weights';
import { formatCount, formatCountOf } from '../format';
import type { RemoteModel } from '../remoteModel';
import { ErrorNode } from './errorNode';
import { MoreNode } from './moreNode';
import type { RemoteNode } from './remoteNode';
import { nodeId, type TreeNode } from './treeNode';
import { WeightNode } from './weightNode';

/** Rows loaded at a time: VS Code takes 100,000 at once badly. */
export const pageSize = 1_000;

const looks = {
  ahead: { label: 'To push', icon: 'arrow-up', color: 'gitDecoration.addedResourceForeground' },
  behind: { label: 'To pull', icon: 'arrow-down', color: 'charts.blue' },
  synced: { label: 'Synced', icon: 'check', color: 'charts.green' },
} as const;

/** The weights of a remote that share a state, loaded when expanded. */
export class GroupNode implements TreeNode {
  readonly parent: RemoteNode;
  readonly group: WeightGroup;
  #total: number;
  #wanted: number;
  #weights: WeightNode[] = [];
  #loading: Promise<void> | undefined;

  /** @param wanted how many rows to load first, if not one page */
  constructor(parent: RemoteNode, group: WeightGroup, total: number, wanted = pageSize) {
    this.parent = parent;
    this.group = group;
    this.#total = total;
    this.#wanted = wanted;
  }

  get remote(): RemoteModel { return this.parent.remote; }
  get wanted(): number { return this.#wanted; }

  item(): vscode.TreeItem {
    const { label, icon, color } = looks[this.group];
    const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = nodeId(this.remote.root, this.remote.name, this.group);
    item.description = formatCount(this.#total);
    item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
    item.contextValue = `group.${this.group}`;
    item.accessibilityInformation = { label: `${label}: ${formatCountOf(this.#total, 'weight')}` };
    return item;
  }

  async children(): Promise<TreeNode[]> {
    try {
      this.#loading ??= this.#load().finally(() => (this.#loading = undefined));
      await this.#loading;
    } catch (error) {
      return [...this.#weights, new ErrorNode(this, CoralError.from(error), this.remote)];
    }
    const left = this.#total - this.#weights.length;
    return left > 0 ? [...this.#weights, new MoreNode(this, left)] : this.#weights;
  }

  /** Another page, when the node is drawn the next time. */
  wantMore(): void {
    this.#wanted = this.#weights.length + pageSize;
  }

  async #load(): Promise<void> {
    while (this.#weights.length < Math.min(this.#wanted, this.#total)) {
      const page = await this.remote.weights(this.group, this.#weights.length, pageSize);
      this.#total = page.total;
      if (page.rows.length === 0) return;
      this.#weights = [...this.#weights, ...page.rows.map((row: WeightRow) => new WeightNode(this, row))];
    }
  }
}
