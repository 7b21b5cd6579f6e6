import type * as vscode from 'vscode';
import { commitText, formatBytes, formatCount, formatExactBytes, formatTensor, shortHash } from '../../text/format';
import type { NameFacts, WeightGroup, WeightRow } from '../../worker/protocol/weights';
import type { RemoteModel } from '../model/remoteModel';
import { type Fact, factsMarkdown } from '../ui/markdown';
import { nodeId, type Row, type TreeNode } from './treeNode';
import { weightUri } from './weightDecorations';
import type { WeightHolder } from './weightHolder';

const spokenMarks = { A: 'only here', R: 'only on the remote', M: 'another version on the other side' };

export class WeightNode implements TreeNode {
  readonly parent: WeightHolder;
  readonly row: WeightRow;

  constructor(parent: WeightHolder, row: WeightRow) {
    this.parent = parent;
    this.row = row;
  }

  get remote(): RemoteModel { return this.parent.remote; }
  get group(): WeightGroup { return this.parent.group; }
  /** The whole name; the hash where none is known. */
  get name(): string { return this.row.name ?? this.row.hash; }

  item(): Row {
    const { hash, name = '', problem } = this.row;
    const { remote: { root, name: remote }, group, context: { listing: { layout } } } = this.parent;
    const damage = this.#damage();
    return {
      label: layout === 'flat' ? hash : this.#lastPart(),
      description: [...(damage && problem === undefined ? [damage.text] : []), ...this.#whatElseItIs(), ...this.#facts()].join('  '),
      ...(damage || problem !== undefined ? { icon: 'warning', color: 'charts.yellow' } : { icon: 'symbol-array' }),
      id: nodeId(root, remote, group, name, hash), contextValue: `weight.${group}`,
      command: { command: 'coral.showWeight', title: 'Open Weight', arguments: [this] },
      resourceUri: weightUri(root, remote, { ...this.row, isDamaged: damage !== undefined }),
      spoken: [this.name, ...this.#place(), ...this.#facts(), ...this.#states()].join(', '),
    };
  }

  async tooltip(): Promise<vscode.MarkdownString> {
    const { hash, name, shape, dtype, byteLength, isDelta, problem = this.#damage()?.message } = this.row;
    // What it can tell besides is left out where the repository cannot be read: other rows say so.
    const known = await this.parent.remote.call('nameFacts', { hash, name }).catch(() => undefined);
    return factsMarkdown(this.name, [
      ['Hash', hash],
      ...(known ? commitFacts(this.row, known) : []),
      ...(known ? bounded('Also named', known.otherNames, known.otherNameCount) : []),
      ['Tensor', dtype !== undefined && shape ? formatTensor(dtype, shape) : undefined],
      ['Size', byteLength === undefined ? undefined : formatExactBytes(byteLength)],
      ...this.#states().map((state) => ['State', state] as const),
      ['Committed as a delta', isDelta ? this.name : undefined],
      ['Problem', problem],
    ]);
  }

  /** The name without that of the module it is shown in. */
  #lastPart(): string {
    const { module } = this.parent;
    return module !== undefined && this.name.startsWith(`${module}.`) ? this.name.slice(module.length + 1) : this.name;
  }

  /** What the label does not say: of a hash its names, of a name where it stands and for which hash. */
  #whatElseItIs(): string[] {
    if (this.parent.context.listing.layout === 'flat') return [this.#names()];
    const { name, hash } = this.row;
    return [...this.#place(), name === undefined ? 'unnamed' : shortHash(hash)];
  }

  /** "encoder.bias and 11 more" */
  #names(): string {
    const { name = 'unnamed', otherNames } = this.row;
    return otherNames > 0 ? `${name} and ${formatCount(otherNames)} more` : name;
  }

  /** Where the name stands for this weight, if that is not the current commit: "in 1a2b3c4d (main~2)". */
  #place(): string[] {
    const { isCurrent, isStagedOnly, commit } = this.row;
    if (isStagedOnly) return ['staged'];
    return isCurrent || !commit ? [] : [`in ${commitText(commit)}`];
  }

  #facts(): string[] {
    const { shape, dtype, byteLength, problem } = this.row;
    if (problem !== undefined) return [problem];
    const tensor = dtype !== undefined && shape ? [formatTensor(dtype, shape)] : [];
    return byteLength === undefined ? tensor : [...tensor, formatBytes(byteLength)];
  }

  /** As its header says, which is read for the row, or as a check found; a weight on both sides may be damaged on either. */
  #damage(): { readonly text: string; readonly message: string | undefined } | undefined {
    const { row: { hash, isDamaged, problem }, parent: { remote, group, context } } = this;
    if (isDamaged) return { text: 'damaged', message: problem };
    const damage = context.model.repository(remote.root)?.damage;
    const [here, there] = [damage?.of(undefined, hash), damage?.of(remote, hash)];
    if (here && group !== 'behind') return { text: 'damaged', message: here.message };
    return there && group !== 'ahead' ? { text: `damaged on ${remote.name}`, message: there.message } : undefined;
  }

  #states(): string[] {
    const { mark, isDelta } = this.row;
    const damage = this.#damage();
    return [...(mark ? [spokenMarks[mark]] : []), ...(damage ? [damage.text] : []), ...(isDelta ? ['stored as a delta'] : [])];
  }
}

function commitFacts({ isStagedOnly }: WeightRow, { commits, commitCount }: NameFacts): Fact[] {
  if (commitCount === 0) return [['Commit', isStagedOnly ? 'none yet, it is staged' : 'none here gives it this name']];
  const told = commits.map((commit) => `${commitText(commit)}${commit.ref === undefined ? '' : ` ${commit.title}`}`);
  return bounded('Commit', told, commitCount);
}

/** The first few one by one, and how many there are besides. */
function bounded(label: string, told: readonly string[], count: number): Fact[] {
  const more = count - told.length;
  return [...told, ...(more > 0 ? [`and ${formatCount(more)} more`] : [])].map((each) => [label, each]);
}
