import type * as vscode from 'vscode';
import type { WeightChange } from '../../core/history/changes';
import { shortHash } from '../../text/format';
import type { CommitTarget } from '../ask/target';
import { factsMarkdown } from '../ui/markdown';
import { nodeId, type RepositoryRow, type Row, type TreeNode } from './treeNode';
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

  item(): Row {
    const { parent: { root, commit }, row, hash } = this;
    const { name, kind, deltaHash } = row;
    // The weight of a removed name is that of the commit before, under its own hash.
    const weight = { root, hash, name, ...(row.hash !== undefined && { commit }) };
    return {
      label: name, description: [this.#hashes(), ...(deltaHash === undefined ? [] : ['Δ'])].join('  '), icon: 'symbol-array',
      id: nodeId(root, commit, name), contextValue: `change.${kind}`, resourceUri: changeUri(root, commit, row),
      command: { command: 'coral.showWeight', title: 'Open Weight', arguments: [weight] },
      spoken: [name, spokenKinds[kind], ...(deltaHash === undefined ? [] : ['stored as a delta'])].join(', '),
    };
  }

  tooltip(): vscode.MarkdownString {
    const { name, kind, hash, formerHash, deltaHash } = this.row;
    return factsMarkdown(name, [
      ['State', kind === 'D' ? 'removed: this commit does not list it, the one before does' : spokenKinds[kind]],
      [deltaHash === undefined ? 'Hash' : 'Based on weight', hash], ['Stored as delta', deltaHash], ['Before', formerHash],
    ]);
  }

  /** "0b77d9e4… → 9f3a61c2…" */
  #hashes(): string {
    const { hash, formerHash } = this.row;
    const [before, after] = [formerHash, hash].map((one) => one && shortHash(one));
    return before && after && before !== after ? `${before} → ${after}` : after ?? before ?? '';
  }
}
