import * as vscode from 'vscode';
import type { WeightChange } from '../../core/history/changes';
import { shortHash } from '../../text/format';
import type { CommitTarget } from '../ask/target';
import { factsMarkdown } from '../ui/markdown';
import { nodeId, type RepositoryRow, type TreeNode } from './treeNode';
import { changeUri } from './weightDecorations';

const spokenKinds = { A: 'added', M: 'changed', D: 'removed' };

type CommitParent = RepositoryRow & CommitTarget;

/** A weight that a commit added, changed or removed. */
export class ChangeNode implements TreeNode {
  readonly parent: CommitParent;
  readonly row: WeightChange;

  constructor(parent: CommitParent, row: WeightChange) {
    this.parent = parent;
    this.row = row;
  }

  /** of the weight as it is in the commit; of a removed one, as it was before */
  get hash(): string { return this.row.hash ?? this.row.formerHash ?? ''; }

  item(): vscode.TreeItem {
    const { name, kind, deltaHash } = this.row;
    const item = new vscode.TreeItem(name);
    item.id = nodeId(this.parent.root, this.parent.commit, name);
    item.description = [this.#hashes(), ...(deltaHash === undefined ? [] : ['Δ'])].join('  ');
    item.iconPath = new vscode.ThemeIcon('symbol-array');
    item.contextValue = `change.${kind}`;
    // The weight of a removed name is that of the commit before, under its own hash.
    const weight = this.row.hash === undefined ? { hash: this.hash, name } : { hash: this.hash, name, commit: this.parent.commit };
    item.command = { command: 'coral.showWeight', title: 'Open Weight', arguments: [{ root: this.parent.root, ...weight }] };
    item.resourceUri = changeUri(this.parent.root, this.parent.commit, this.row);
    item.accessibilityInformation = {
      label: [name, spokenKinds[kind], ...(deltaHash === undefined ? [] : ['stored as a delta'])].join(', '),
    };
    return item;
  }

  tooltip(): vscode.MarkdownString {
    const { name, kind, hash, formerHash, deltaHash } = this.row;
    return factsMarkdown(name, [
      ['State', kind === 'D' ? 'removed: this commit does not list it, the one before does' : spokenKinds[kind]],
      ...(hash === undefined ? [] : [[deltaHash === undefined ? 'Hash' : 'Based on weight', hash] as const]),
      ...(deltaHash === undefined ? [] : [['Stored as delta', deltaHash] as const]),
      ...(formerHash === undefined ? [] : [['Before', formerHash] as const]),
    ]);
  }

  children(): TreeNode[] {
    return [];
  }

  /** "0b77d9e4… → 9f3a61c2…" */
  #hashes(): string {
    const { hash, formerHash } = this.row;
    const [before, after] = [formerHash, hash].map((one) => one && shortHash(one));
    return before && after && before !== after ? `${before} → ${after}` : after ?? before ?? '';
  }
}
