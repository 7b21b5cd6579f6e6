import { CoralError } from '../../core/errors';
import type { WeightGroup, WeightLayout } from '../../worker/protocol/weights';
import type { RemoteModel } from '../model/remoteModel';
import { ErrorNode } from './errorNode';
import { ModuleNode } from './moduleNode';
import { MoreNode } from './moreNode';
import type { TreeContext, TreeNode } from './treeNode';
import { WeightNode } from './weightNode';

/** Rows loaded at a time: VS Code takes 100,000 at once badly, and draws 1,000 in more than the 200 ms in which a row should open. */
export const pageSize = 500;

/** A row with weights below it: a group, or a module in it. */
export interface WeightHolder extends TreeNode {
  readonly context: TreeContext;
  readonly remote: RemoteModel;
  readonly group: WeightGroup;
  /** "encoder.layers.11"; undefined for a whole group */
  readonly module: string | undefined;
  readonly pages: WeightPages;
}

/** The rows below a group or module, as far as they are shown. Pages may be left out: a row far down is revealed without those before it. */
export class WeightPages {
  readonly #holder: WeightHolder;
  readonly #wanted = new Set([0]);
  readonly #loaded = new Map<number, readonly TreeNode[]>();
  /** kept, so that what is loaded below a module stays so when its row is loaded again */
  readonly #modules = new Map<string, ModuleNode>();
  #layout: WeightLayout | undefined;
  #total = 0;
  #generation = 0;
  #loading: Promise<void> | undefined;

  constructor(holder: WeightHolder) {
    this.#holder = holder;
  }

  get hasModules(): boolean { return this.#modules.size > 0; }

  /** The rows of the pages that are wanted, with a row that loads more wherever some are left out. */
  async children(): Promise<TreeNode[]> {
    const { layout } = this.#holder.context.listing;
    if (layout !== this.#layout) this.forget();
    this.#layout = layout;
    try {
      for (let page = this.#missing(); page !== undefined; page = this.#missing()) {
        this.#loading ??= this.#load(page).finally(() => (this.#loading = undefined));
        await this.#loading;
      }
    } catch (error) {
      return [...this.#rows(), new ErrorNode(this.#holder, CoralError.from(error), this.#holder.remote)];
    }
    return this.#rows();
  }

  /** Another page, when the node is drawn the next time; whether it was left out so far. */
  want(page: number): boolean {
    if (this.#wanted.has(page)) return false;
    this.#wanted.add(page);
    return true;
  }

  /** The row at a place, from 0, when `children` has loaded its page. */
  at(place: number): TreeNode | undefined {
    return this.#loaded.get(pageOf(place))?.[place % pageSize];
  }

  /** What is shown may be out of date: it is loaded again when it is drawn the next time. */
  forget(): void {
    this.#generation += 1;
    this.#loaded.clear();
    for (const module of this.#modules.values()) module.pages.forget();
  }

  #missing(): number | undefined {
    for (const page of this.#wanted) if (!this.#loaded.has(page)) return page;
    return undefined;
  }

  async #load(page: number): Promise<void> {
    const { remote, group, module, context: { listing: { layout, filter } } } = this.#holder;
    const generation = this.#generation;
    const found = await remote.ask('weights', { group, module, layout, filter, offset: page * pageSize, limit: pageSize });
    if (generation !== this.#generation) return;
    this.#total = found.total;
    const nodes = [
      ...found.modules.map((row) => {
        const node = this.#modules.get(row.path) ?? new ModuleNode(this.#holder, row.path);
        this.#modules.set(row.path, node);
        return node.show(row);
      }),
      ...found.rows.map((row) => new WeightNode(this.#holder, row)),
    ];
    if (nodes.length === 0 && page > 0) this.#wanted.delete(page);
    else this.#loaded.set(page, nodes);
  }

  #rows(): TreeNode[] {
    const rows: TreeNode[] = [];
    let next = 0;
    for (const [page, nodes] of [...this.#loaded].sort(([one], [other]) => one - other)) {
      if (page > next) rows.push(new MoreNode(this.#holder, next, (page - next) * pageSize));
      rows.push(...nodes);
      next = page + 1;
    }
    const left = this.#total - next * pageSize;
    return next > 0 && left > 0 ? [...rows, new MoreNode(this.#holder, next, left)] : rows;
  }
}

/** The page, from 0, that a row is on. */
export function pageOf(place: number): number {
  return Math.floor(place / pageSize);
}
