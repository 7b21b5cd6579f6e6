import * as vscode from 'vscode';
import { formatBytes, formatWeights, speakWeights } from '../../text/format';
import type { ModuleRow, WeightGroup } from '../../worker/protocol/weights';
import type { RemoteModel } from '../model/remoteModel';
import { nodeId, type TreeContext, type TreeNode } from './treeNode';
import type { WeightHolder } from './weightHolder';
import { WeightPages } from './weightPages';

/** A part of a model, "encoder.layers.11", as far as its weights belong to one group. */
export class ModuleNode implements WeightHolder {
  readonly parent: WeightHolder;
  readonly module: string;
  readonly pages: WeightPages = new WeightPages(this, (path) => new ModuleNode(this, path));
  #row: ModuleRow;

  constructor(parent: WeightHolder, module: string) {
    this.parent = parent;
    this.module = module;
    this.#row = { path: module, weights: 0 };
  }

  get remote(): RemoteModel { return this.parent.remote; }
  get group(): WeightGroup { return this.parent.group; }
  get context(): TreeContext { return this.parent.context; }

  show(row: ModuleRow): this {
    this.#row = row;
    return this;
  }

  item(): vscode.TreeItem {
    const { bytes } = this.#row;
    const above = this.parent.module;
    const label = above === undefined ? this.module : this.module.slice(above.length + 1);
    const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
    const size = bytes === undefined ? [] : [formatBytes(bytes)];
    item.id = nodeId(this.remote.root, this.remote.name, this.group, 'module', this.module);
    item.description = [formatWeights(this.#row), ...size].join(' · ');
    item.iconPath = new vscode.ThemeIcon('symbol-module');
    item.contextValue = `module.${this.group}`;
    item.accessibilityInformation = { label: [`Module ${this.module}: ${speakWeights(this.#row)}`, ...size].join(', ') };
    return item;
  }

  children(): Promise<TreeNode[]> {
    return this.pages.children();
  }
}
