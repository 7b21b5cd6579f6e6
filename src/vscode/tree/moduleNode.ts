import { formatBytes, formatWeights, speakWeights } from '../../text/format';
import type { ModuleRow, WeightGroup } from '../../worker/protocol/weights';
import type { RemoteModel } from '../model/remoteModel';
import { nodeId, type Row, type TreeContext, type TreeNode } from './treeNode';
import type { WeightHolder } from './weightHolder';
import { WeightPages } from './weightPages';

/** A part of a model, "encoder.layers.11", as far as its weights belong to one group. */
export class ModuleNode implements WeightHolder {
  readonly parent: WeightHolder;
  readonly module: string;
  readonly pages: WeightPages = new WeightPages(this, (path) => new ModuleNode(this, path));
  #row: ModuleRow;

  constructor(parent: WeightHolder, module: string) {
    this.parent = parent;
    this.module = module;
    this.#row = { path: module, weights: 0 };
  }

  get remote(): RemoteModel { return this.parent.remote; }
  get group(): WeightGroup { return this.parent.group; }
  get context(): TreeContext { return this.parent.context; }

  show(row: ModuleRow): this {
    this.#row = row;
    return this;
  }

  item(): Row {
    const { module, group, remote: { root, name }, parent: { module: above } } = this;
    const { bytes } = this.#row;
    const size = bytes === undefined ? [] : [formatBytes(bytes)];
    return {
      label: above === undefined ? module : module.slice(above.length + 1), description: [formatWeights(this.#row), ...size].join(' · '),
      icon: 'symbol-module', id: nodeId(root, name, group, 'module', module), contextValue: `module.${group}`,
      spoken: [`Module ${module}: ${speakWeights(this.#row)}`, ...size].join(', '),
    };
  }

  children(): Promise<TreeNode[]> {
    return this.pages.children();
  }
}
