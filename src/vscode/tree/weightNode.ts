import * as vscode from 'vscode';
import type { WeightRow } from '../../worker/protocol/weights';
import { formatBytes, formatCount, formatTensor, shortHash } from '../format';
import { factsMarkdown } from './markdown';
import { nodeId, type TreeNode } from './treeNode';
import { weightUri } from './weightDecorations';
import type { WeightHolder } from './weightPages';

const spokenMarks = { A: 'only here', R: 'only on the remote', M: 'another version on the other side' };

export class WeightNode implements TreeNode {
  readonly parent: WeightHolder;
  readonly row: WeightRow;

  constructor(parent: WeightHolder, row: WeightRow) {
    this.parent = parent;
    this.row = row;
  }

  /** The whole name; the hash where none is known. */
  get name(): string { return this.row.names[0] ?? this.row.hash; }

  item(): vscode.TreeItem {
    const { hash, problem } = this.row;
    const { remote, group, context } = this.parent;
    const item = new vscode.TreeItem(context.listing.layout === 'flat' ? hash : this.#lastPart());
    item.id = nodeId(remote.root, remote.name, group, hash);
    item.description = [this.#otherName(context.listing.layout), ...this.#facts()].join('  ');
    item.iconPath = problem === undefined ? new vscode.ThemeIcon('symbol-array') : new vscode.ThemeIcon('warning', new vscode.ThemeColor('charts.yellow'));
    item.contextValue = `weight.${group}`;
    item.command = { command: 'coral.showWeight', title: 'Open Weight', arguments: [this] };
    item.resourceUri = weightUri(remote.root, remote.name, this.row);
    item.accessibilityInformation = { label: [this.name, ...this.#facts(), ...this.#states()].join(', ') };
    return item;
  }

  tooltip(): vscode.MarkdownString {
    const { hash, names, shape, dtype, byteLength, deltaNames = [], problem } = this.row;
    return factsMarkdown(this.name, [
      ['Hash', hash],
      ...names.slice(1).map((name) => ['Also named', name] as const),
      ...(dtype !== undefined && shape ? [['Tensor', formatTensor(dtype, shape)] as const] : []),
      ...(byteLength === undefined ? [] : [['Size', `${formatBytes(byteLength)} (${formatCount(byteLength)} bytes)`] as const]),
      ...this.#states().map((state) => ['State', state] as const),
      ...deltaNames.map((name) => ['Committed as a delta', name] as const),
      ...(problem === undefined ? [] : [['Problem', problem] as const]),
    ]);
  }

  children(): TreeNode[] {
    return [];
  }

  /** The name without that of the module it is shown in. */
  #lastPart(): string {
    const { module } = this.parent;
    return module !== undefined && this.name.startsWith(`${module}.`) ? this.name.slice(module.length + 1) : this.name;
  }

  /** What the label leaves out. */
  #otherName(layout: 'modules' | 'flat'): string {
    const [name = 'unnamed'] = this.row.names;
    return layout === 'flat' || this.row.names.length === 0 ? name : shortHash(this.row.hash);
  }

  #facts(): string[] {
    const { shape, dtype, byteLength, problem } = this.row;
    if (problem !== undefined) return [problem];
    const tensor = dtype !== undefined && shape ? [formatTensor(dtype, shape)] : [];
    return byteLength === undefined ? tensor : [...tensor, formatBytes(byteLength)];
  }

  #states(): string[] {
    const { mark, isDamaged, deltaNames } = this.row;
    return [...(mark ? [spokenMarks[mark]] : []), ...(isDamaged ? ['damaged'] : []), ...(deltaNames ? ['stored as a delta'] : [])];
  }
}
