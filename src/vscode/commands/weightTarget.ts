import type { ShownWeight } from '../../webview/messages';
import type { Services } from '../services';
import type { WeightNode } from '../tree/weightNode';
import { targetRemote } from './target';

/** The weight of a row, with what the row knows of it. */
export function shownWeight({ model }: Services, node: WeightNode): ShownWeight {
  const { hash, names: [name], shape, dtype, byteLength } = node.row;
  const remote = targetRemote(model, node);
  return { root: remote?.root ?? '', hash, name, remote: remote?.name, shape, dtype, byteLength };
}
