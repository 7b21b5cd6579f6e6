import type { RemoteTarget } from '../ask/target';
import type { RemoteRef } from '../model/commitRefs';
import { factsMarkdown } from '../ui/markdown';
import { nodeId, type RepositoryRow, type TreeNode } from './treeNode';

/** A remote's branch that is at a commit which is not here: its inline button pulls. */
export function absentRefNode(parent: RepositoryRow, { remote, branch, commit }: RemoteRef): TreeNode & RemoteTarget {
  const { root } = parent;
  const name = `${remote}/${branch}`;
  const description = `is at ${commit.slice(0, 8)}, which is not here yet`;
  return {
    parent, root, remote,
    item: () => ({
      label: `(${name})`, description, icon: 'arrow-down', color: 'charts.blue',
      id: nodeId(root, 'absent', remote, branch), contextValue: 'absentRef', spoken: `${name} ${description}. Pull to get it.`,
    }),
    tooltip: () => factsMarkdown(name, [['Commit', commit], ['State', `not in this repository yet; pull from ${remote} to get it`]]),
  };
}
