import * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import type { CoralModel } from '../model/coralModel';
import type { RepositoryModel } from '../model/repositoryModel';

/** The repository of a tab, which VS Code may have restored before the folders were looked through. Only open ones are read. */
export async function openRepository(model: CoralModel, root: string): Promise<RepositoryModel> {
  if (!vscode.workspace.isTrusted) {
    throw new CoralError(
      'denied', 'Coral reads repositories only in a trusted workspace. Trust it with "Workspaces: Manage Workspace Trust".',
    );
  }
  if (!model.repository(root)) await model.scan();
  const repository = model.repository(root);
  if (!repository) {
    throw new CoralError('missing', `The repository ${root} is not open in this window. Open its folder and try again.`, { path: root });
  }
  await repository.load();
  return repository;
}
