import { GroupNode } from './groupNode';
import { ModuleNode } from './moduleNode';
import { WeightNode } from './weightNode';

/** A row that stands for weights: one, those of a module, or those of a group. */
export type WeightsRow = WeightNode | ModuleNode | GroupNode;

/** A view, as far as its selection goes. */
export interface Selecting {
  readonly selection: readonly unknown[];
}

/**
 * The rows of weights a command is about: the selection if the row it was invoked on belongs to it, else that row, else the view's
 * selection.
 */
export function selectedRows(view: Selecting, node: unknown, selection: unknown): WeightsRow[] {
  const nodes: readonly unknown[] = Array.isArray(selection) && selection.length > 0
    ? selection
    : node === undefined ? view.selection : [node];
  return nodes.filter(isWeightsRow);
}

/** Of these rows, those of single weights. */
export function selectedWeights(view: Selecting, node: unknown, selection: unknown): WeightNode[] {
  return selectedRows(view, node, selection).filter((row) => row instanceof WeightNode);
}

/** The hashes of the weights that the rows stand for, each once, as far as the filter shows them. */
export async function hashesOf(rows: readonly WeightsRow[]): Promise<string[]> {
  const hashes = await Promise.all(rows.map(async (row) => {
    if (row instanceof WeightNode) return [row.row.hash];
    const { remote, group, module, context: { listing: { filter } } } = row;
    return remote.call('weightHashes', { group, module, filter });
  }));
  return [...new Set(hashes.flat())];
}

export function isWeightHolder(row: unknown): row is ModuleNode | GroupNode {
  return row instanceof ModuleNode || row instanceof GroupNode;
}

function isWeightsRow(row: unknown): row is WeightsRow {
  return row instanceof WeightNode || isWeightHolder(row);
}
