import type { Services } from '../services';
import { WeightNode } from '../tree/weightNode';

/** The weights a command is about: the selection if the row it was invoked on belongs to it, else that row, else the view's selection. */
export function selectedWeights({ view }: Services, node: unknown, selection: unknown): WeightNode[] {
  const nodes: readonly unknown[] = Array.isArray(selection) && selection.length > 0 ? selection : node === undefined ? view.selection : [node];
  return nodes.filter((candidate) => candidate instanceof WeightNode);
}
