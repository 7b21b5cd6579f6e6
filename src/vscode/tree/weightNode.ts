import * as vscode from 'vscode';
import type { WeightRow } from '../../worker/protocol/weights';
import { formatBytes, formatCount, formatTensor, shortHash } from '../format';
import type { GroupNode } from './groupNode';
import { factsMarkdown } from './markdown';
import { nodeId, type TreeNode } from './treeNode';
import { weightUri } from './weightDecorations';

const spokenMarks = { A: 'only here', R: 'only on the remote', M: 'another version on the other side' };

export class WeightNode implements TreeNode {
  readonly parent: GroupNode;
  readonly row: WeightRow;

  constructor(parent: GroupNode, row: WeightRow) {
    this.parent = parent;
    this.row = row;
  }

  get name(): string { return this.row.names[0] ?? this.row.hash; }

  item(): vscode.TreeItem {
    const { hash, names, mark, problem } = this.row;
    const item = new vscode.TreeItem(this.name);
    const { root, name } = this.parent.remote;
    item.id = nodeId(root, name, this.parent.group, hash);
    item.description = (names.length > 0 ? [shortHash(hash), ...this.#facts()] : ['unnamed', ...this.#facts()]).join('  ');
    item.iconPath = problem === undefined ? new vscode.ThemeIcon('symbol-array') : new vscode.ThemeIcon('warning', new vscode.ThemeColor('charts.yellow'));
    item.contextValue = `weight.${this.parent.group}`;
    item.command = { command: 'coral.showWeight', title: 'Open Weight', arguments: [this] };
    item.resourceUri = weightUri(root, name, this.row);
    item.accessibilityInformation = { label: [this.name, ...this.#facts(), mark && spokenMarks[mark], problem].filter(Boolean).join(', ') };
    return item;
  }

  tooltip(): vscode.MarkdownString {
    const { hash, names, shape, dtype, byteLength, mark, problem } = this.row;
    return factsMarkdown(this.name, [
      ['Hash', hash],
      ...names.slice(1).map((name) => ['Also named', name] as const),
      ...(dtype !== undefined && shape ? [['Tensor', formatTensor(dtype, shape)] as const] : []),
      ...(byteLength === undefined ? [] : [['Size', `${formatBytes(byteLength)} (${formatCount(byteLength)} bytes)`] as const]),
      ...(mark ? [['State', spokenMarks[mark]] as const] : []),
      ...(problem === undefined ? [] : [['Problem', problem] as const]),
    ]);
  }

  children(): TreeNode[] {
    return [];
  }

  #facts(): string[] {
    const { shape, dtype, byteLength, problem } = this.row;
    if (problem !== undefined) return [problem];
    const tensor = dtype !== undefined && shape ? [formatTensor(dtype, shape)] : [];
    return byteLength === undefined ? tensor : [...tensor, formatBytes(byteLength)];
  }
}
