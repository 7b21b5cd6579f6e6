import * as vscode from 'vscode';
import { commitText, formatBytes, formatCount, formatExactBytes, formatTensor, shortHash } from '../../text/format';
import type { NameFacts, WeightGroup, WeightRow } from '../../worker/protocol/weights';
import type { RemoteModel } from '../model/remoteModel';
import { factsMarkdown } from '../ui/markdown';
import { nodeId, type TreeNode } from './treeNode';
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

  item(): vscode.TreeItem {
    const { hash, name, problem } = this.row;
    const { remote, group, context: { listing: { layout } } } = this.parent;
    const damage = this.#damage();
    const item = new vscode.TreeItem(layout === 'flat' ? hash : this.#lastPart());
    item.id = nodeId(remote.root, remote.name, group, name ?? '', hash);
    item.description = [...(damage && problem === undefined ? [damage.text] : []), ...this.#whatElseItIs(), ...this.#facts()].join('  ');
    const warning = new vscode.ThemeIcon('warning', new vscode.ThemeColor('charts.yellow'));
    item.iconPath = damage || problem !== undefined ? warning : new vscode.ThemeIcon('symbol-array');
    item.contextValue = `weight.${group}`;
    item.command = { command: 'coral.showWeight', title: 'Open Weight', arguments: [this] };
    item.resourceUri = weightUri(remote.root, remote.name, { ...this.row, isDamaged: damage !== undefined });
    item.accessibilityInformation = { label: [this.name, ...this.#place(), ...this.#facts(), ...this.#states()].join(', ') };
    return item;
  }

  async tooltip(): Promise<vscode.MarkdownString> {
    const { hash, name, shape, dtype, byteLength, isDelta, problem = this.#damage()?.message } = this.row;
    // What it can tell besides is left out where the repository cannot be read: other rows say so.
    const known = await this.parent.remote.call('nameFacts', { hash, name }).catch(() => undefined);
    return factsMarkdown(this.name, [
      ['Hash', hash],
      ...(known ? commitFacts(this.row, known) : []),
      ...(known ? bounded('Also named', known.otherNames, known.otherNameCount) : []),
      ...(dtype !== undefined && shape ? [['Tensor', formatTensor(dtype, shape)] as const] : []),
      ...(byteLength === undefined ? [] : [['Size', formatExactBytes(byteLength)] as const]),
      ...this.#states().map((state) => ['State', state] as const),
      ...(isDelta ? [['Committed as a delta', this.name] as const] : []),
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

type Facts = (readonly [label: string, value: string])[];

function commitFacts({ isStagedOnly }: WeightRow, { commits, commitCount }: NameFacts): Facts {
  const known = bounded(
    'Commit', commits.map((commit) => `${commitText(commit)}${commit.ref === undefined ? '' : ` ${commit.title}`}`), commitCount,
  );
  if (known.length > 0) return known;
  return [['Commit', isStagedOnly ? 'none yet, it is staged' : 'none here gives it this name']];
}

/** The first few one by one, and how many there are besides. */
function bounded(label: string, told: readonly string[], count: number): Facts {
  const more = count - told.length;
  return [...told.map((each) => [label, each] as const), ...(more > 0 ? [[label, `and ${formatCount(more)} more`] as const] : [])];
}
