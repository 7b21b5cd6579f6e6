import * as vscode from 'vscode';
import { speakAheadBehind } from '../../text/format';
import { safeText } from '../../text/safeText';
import type { FoundWeight } from '../../worker/protocol/weights';
import type { CoralModel } from '../model/coralModel';
import type { RemoteModel } from '../model/remoteModel';
import { inView } from '../ui/progress';
import type { RemotesTree } from './remotesTree';
import { isWeightHolder } from './selectedRows';
import type { TreeNode } from './treeNode';
import { pageOf, type WeightHolder } from './weightHolder';

const viewId = 'coral.remotes';

/** The frame of the view "Remotes": what stands above the rows, the badge, the bar that moves while a remote is asked. */
export class RemotesView {
  readonly view: vscode.TreeView<TreeNode>;
  readonly #model: CoralModel;
  readonly #tree: RemotesTree;
  readonly #subscription: vscode.Disposable;
  #checked: (() => void) | undefined;

  constructor(model: CoralModel, tree: RemotesTree) {
    this.#model = model;
    this.#tree = tree;
    this.view = vscode.window.createTreeView(viewId, { treeDataProvider: tree, canSelectMany: true, showCollapseAll: true });
    this.#subscription = vscode.Disposable.from(
      this.view,
      model.onDidChange(() => this.#update()),
      tree.listing.onDidChange(() => this.#showFilter()),
    );
    this.#showFilter();
  }

  /** Shows and selects the row of a weight, and loads what that takes: of a long list, only its page. false when a filter hides it. */
  async reveal(remote: RemoteModel, { group, hash, name }: Pick<FoundWeight, 'group' | 'hash' | 'name'>): Promise<boolean> {
    const { layout, filter } = this.#tree.listing;
    const places = await remote.call('locateWeight', { group, hash, name, layout, filter });
    const top = this.#tree.remoteNode(remote);
    await top?.children(); // which may be the first time that its groups are shown
    let node: TreeNode | undefined = top?.group(group);
    for (const place of places ?? []) node = isWeightHolder(node) ? await this.#rowAt(node, place) : undefined;
    if (!places || !node) return false;
    const row = node;
    await this.#tree.holdStill(() => this.view.reveal(row, { select: true, focus: true }));
    return true;
  }

  async #rowAt(holder: WeightHolder, place: number): Promise<TreeNode | undefined> {
    if (holder.pages.want(pageOf(place))) this.#tree.redraw(holder);
    await holder.pages.children();
    return holder.pages.at(place);
  }

  dispose(): void {
    this.#checked?.();
    this.#subscription.dispose();
  }

  #update(): void {
    this.#showBadge();
    const isChecking = this.#model.remotes.some((remote) => remote.isChecking);
    if (isChecking && !this.#checked) {
      void inView(viewId, new Promise<void>((resolve) => { this.#checked = resolve; }));
    } else if (!isChecking) {
      this.#checked?.();
      this.#checked = undefined;
    }
  }

  #showFilter(): void {
    const { filter } = this.#tree.listing;
    const message = filter === '' ? '' : `Showing weights that match "${filter}"`;
    // VS Code joins what it is told within 200 ms, and draws the rows only then.
    if (message !== (this.view.message ?? '')) this.view.message = message === '' ? '' : safeText(message, 'label');
  }

  /** What a sync with the default remotes would move; Git's badge counts what waits to be done as well. */
  #showBadge(): void {
    const waiting = this.#model.repositories.flatMap((repository) => {
      const { name, status } = this.#model.defaultRemote(repository) ?? {};
      return status && status.ahead + status.behind > 0 ? [{ name, status }] : [];
    });
    const value = waiting.reduce((sum, { status }) => sum + status.ahead + status.behind, 0);
    const tooltip = waiting.map(({ name, status }) => `${name}: ${speakAheadBehind(status.ahead, status.behind)}`).join('\n');
    if (value !== (this.view.badge?.value ?? 0) || tooltip !== (this.view.badge?.tooltip ?? '')) {
      this.view.badge = value === 0 ? undefined : { value, tooltip: safeText(tooltip, 'detail') };
    }
  }
}
