import type { DamagedCommitRow } from '../../worker/protocol/history';
import { problemRow } from './errorNode';
import { nodeId, type RepositoryRow, type TreeNode } from './treeNode';

/** A commit whose file is damaged or not here: what came before it is not known. A click opens the file. */
export function damagedCommitNode(
  parent: RepositoryRow, { hash: commit, problem }: DamagedCommitRow,
): TreeNode & { readonly commit: string } {
  const why = problem.reason === 'missing' ? 'is not in this repository' : 'cannot be read';
  return {
    parent, commit,
    ...problemRow(problem, {
      label: commit.slice(0, 8), description: `${why}; nor can what came before it`,
      id: nodeId(parent.root, commit), contextValue: 'damagedCommit',
    }),
  };
}
