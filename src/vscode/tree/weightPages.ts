import { CoralError } from '../../core/base/errors';
import type { ModuleRow, WeightLayout } from '../../worker/protocol/weights';
import { errorNode } from './errorNode';
import { moreNode } from './moreNode';
import type { TreeNode } from './treeNode';
import { pageOf, type Pages, pageSize, type WeightHolder } from './weightHolder';
import { WeightNode } from './weightNode';

/** The row of a module, which is told again what it shows. */
interface ModuleHolder extends WeightHolder {
  show(row: ModuleRow): TreeNode;
}

export class WeightPages implements Pages {
  readonly #holder: WeightHolder;
  readonly #moduleOf: (path: string) => ModuleHolder;
  readonly #wanted = new Set([0]);
  readonly #loaded = new Map<number, readonly TreeNode[]>();
  /** kept, so that what is loaded below a module stays so when its row is loaded again */
  readonly #modules = new Map<string, ModuleHolder>();
  #layout: WeightLayout | undefined;
  #total = 0;
  #generation = 0;
  #loading: Promise<void> | undefined;

  /** @param moduleOf makes the row of a module below the holder */
  constructor(holder: WeightHolder, moduleOf: (path: string) => ModuleHolder) {
    this.#holder = holder;
    this.#moduleOf = moduleOf;
  }

  get hasModules(): boolean { return this.#modules.size > 0; }

  async children(): Promise<TreeNode[]> {
    const { layout } = this.#holder.context.listing;
    if (layout !== this.#layout) this.forget();
    this.#layout = layout;
    try {
      for (let page = this.#missing(); page !== undefined; page = this.#missing()) {
        this.#loading ??= this.#load(page).finally(() => (this.#loading = undefined));
        await this.#loading;
      }
      return this.#rows();
    } catch (error) {
      return [...this.#rows(), errorNode(this.#holder, CoralError.from(error), this.#holder.remote)];
    }
  }

  want(page: number): boolean {
    if (this.#wanted.has(page)) return false;
    this.#wanted.add(page);
    return true;
  }

  at(place: number): TreeNode | undefined {
    return this.#loaded.get(pageOf(place))?.[place % pageSize];
  }

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
    const found = await remote.call('weights', { group, module, layout, filter, offset: page * pageSize, limit: pageSize });
    if (generation !== this.#generation) return;
    this.#total = found.total;
    const nodes = [
      ...found.modules.map((row) => {
        const node = this.#modules.get(row.path) ?? this.#moduleOf(row.path);
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
      if (page > next) rows.push(moreNode(this.#holder, next, (page - next) * pageSize));
      rows.push(...nodes);
      next = page + 1;
    }
    const left = this.#total - next * pageSize;
    return next > 0 && left > 0 ? [...rows, moreNode(this.#holder, next, left)] : rows;
  }
}
