import { basename } from 'node:path';
import type { CoralErrorJSON } from '../../core/base/errors';
import type { RemoteModel } from '../model/remoteModel';
import { plainMarkdown } from '../ui/markdown';
import { openProblemCommand } from '../ui/openFile';
import type { Row, TreeNode } from './treeNode';

/** Why something cannot be shown, in its place. Its inline buttons depend on the reason, and try `remote` again, if it is about one. */
export function errorNode(
  parent: TreeNode | undefined, error: CoralErrorJSON, remote?: RemoteModel,
): TreeNode & { readonly remote: RemoteModel | undefined } {
  const { message, path, reason } = error;
  // A row is short: the tooltip has the whole path.
  const label = path === undefined ? message : message.replace(path, basename(path));
  return { parent, remote, ...problemRow(error, { label, contextValue: `error.${reason}${remote ? '.remote' : ''}` }) };
}

/** What rows about something wrong share; a click opens the file concerned. */
export function problemRow(problem: CoralErrorJSON, row: Omit<Row, 'icon'>): Pick<TreeNode, 'item' | 'tooltip'> {
  const { message, path } = problem;
  return {
    item: () => ({
      ...row, icon: 'error', color: 'errorForeground', spoken: `Error: ${message}`,
      ...(path !== undefined && { command: openProblemCommand(problem) }),
    }),
    tooltip: () => plainMarkdown(message),
  };
}
