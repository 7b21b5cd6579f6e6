import type * as vscode from 'vscode';
import { formatBytes, formatCountOf, formatWeights, speakWeights } from '../../text/format';
import type { WeightGroup, WeightTotal } from '../../worker/protocol/weights';
import type { RemoteModel } from '../model/remoteModel';
import { factsMarkdown } from '../ui/markdown';
import { ModuleNode } from './moduleNode';
import { nodeId, type RemoteRow, type Row, type TreeContext, type TreeNode } from './treeNode';
import type { WeightHolder } from './weightHolder';
import { WeightPages } from './weightPages';

const looks = {
  ahead: { label: 'To push', icon: 'arrow-up', color: 'gitDecoration.addedResourceForeground' },
  behind: { label: 'To pull', icon: 'arrow-down', color: 'charts.blue' },
  synced: { label: 'Synced', icon: 'check', color: 'charts.green' },
} as const;

/** The weights of a remote that share a state, loaded when expanded. */
export class GroupNode implements WeightHolder {
  readonly parent: RemoteRow;
  readonly group: WeightGroup;
  readonly module = undefined;
  readonly pages: WeightPages = new WeightPages(this, (path) => new ModuleNode(this, path));
  #shown: WeightTotal = { weights: 0 };
  #all: WeightTotal = { weights: 0 };
  #measuring: AbortController | undefined;

  constructor(parent: RemoteRow, group: WeightGroup) {
    this.parent = parent;
    this.group = group;
  }

  get remote(): RemoteModel { return this.parent.remote; }
  get context(): TreeContext { return this.parent.context; }
  /** of all its weights; undefined while it is not known, or hidden by a filter */
  get bytes(): number | undefined { return this.#isPart || this.#all.weights === 0 ? undefined : this.#shown.bytes; }

  /** whether a filter hides some */
  get #isPart(): boolean { return this.#shown.weights !== this.#all.weights || this.#shown.names !== this.#all.names; }

  /** Takes what a new status or filter says. @param all how many there are without the filter */
  show(shown: WeightTotal, all: WeightTotal): this {
    this.#shown = shown;
    this.#all = all;
    this.pages.forget();
    this.#measuring?.abort();
    this.#measuring = undefined;
    return this;
  }

  item(): Row {
    const { group, remote: { root, name, status } } = this;
    const count = this.#isPart ? `${formatWeights(this.#shown)} of ${formatWeights(this.#all)}` : formatWeights(this.#all);
    return {
      ...looks[group], description: [count, ...this.#size()].join(' · '),
      // Without a status of this session there are no lists to look into.
      state: status ? undefined : 'shut',
      id: nodeId(root, name, group), contextValue: `group.${group}`,
      spoken: [`${looks[group].label}: ${this.#spokenCount()}`, ...this.#size()].join(', '),
    };
  }

  tooltip(): vscode.MarkdownString {
    const { weights, names = weights } = this.#all;
    const moves = weights === 1 ? 'It moves once' : 'Each moves once';
    const shared = `${formatCountOf(weights, 'weight')} under ${formatCountOf(names, 'name')}. ${moves}.`;
    return factsMarkdown(looks[this.group].label, [
      ['Weights', names === weights ? this.#spokenCount() : shared], ['Size', this.#size()[0]],
    ]);
  }

  children(): Promise<TreeNode[]> {
    return this.pages.children();
  }

  #size(): string[] {
    const { weights, bytes } = this.#shown;
    return bytes === undefined || weights === 0 ? [] : [formatBytes(bytes)];
  }

  #spokenCount(): string {
    return this.#isPart ? `${formatWeights(this.#shown)} of ${speakWeights(this.#all)} match the filter` : speakWeights(this.#all);
  }

  /** Shows how many bytes these weights have, once that is known: the row is there before. */
  async measure(): Promise<void> {
    if (this.#measuring ?? (this.#shown.bytes !== undefined || !this.remote.status)) return;
    const { signal } = this.#measuring = new AbortController();
    const { group, remote, context } = this;
    // Without it the row lacks a number and nothing else; what is wrong is said where the weights are listed.
    const measured = await remote.call('measureWeights', { group, filter: context.listing.filter }, { signal }).catch(() => undefined);
    if (measured?.bytes === undefined || signal.aborted) return;
    this.#shown = measured;
    if (this.pages.hasModules) this.pages.forget();
    context.redraw(this);
  }
}
