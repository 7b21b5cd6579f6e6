import type { ShownWeight } from '../../webview/messages';
import type { WeightNode } from './weightNode';

/**
 * The weight of a row, with what the row knows of it. The commit goes with it where the hash alone does not tell what the name stands for:
 * a delta has that of its reference. It goes with an older version as well, so that its tab says which one it is.
 */
export function shownWeight({ remote, row }: WeightNode): ShownWeight {
  const { hash, name, shape, dtype, byteLength, commit, isCurrent, isDelta } = row;
  const isToldByCommit = commit?.isHere === true && (!isCurrent || isDelta === true);
  return { root: remote.root, hash, name, ...(isToldByCommit && { commit: commit.hash }), remote: remote.name, shape, dtype, byteLength };
}
