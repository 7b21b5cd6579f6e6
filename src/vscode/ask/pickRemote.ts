import * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import type { CoralModel } from '../model/coralModel';
import type { RemoteModel } from '../model/remoteModel';
import type { RepositoryModel } from '../model/repositoryModel';
import { type Item, notify, pick } from '../ui/say';
import { stateText } from '../wording/statusText';
import { targetRemote, targetRepository } from './target';

/**
 * The remote a command is about: the one it was invoked on, the only one there is, or the one that is picked now.
 * undefined when nothing was picked, or when there is none, which is then said.
 */
export async function pickRemote(model: CoralModel, target: unknown, purpose: string): Promise<RemoteModel | undefined> {
  requireTrust();
  const given = targetRemote(model, target);
  if (given) return given;
  const repositories = await openRepositories(model);
  const remotes = (targetRepository(model, target) ?? model).remotes;
  const [first, ...others] = remotes;
  if (!first) {
    if (repositories.length > 0) sayNoRemotes(repositories);
    return undefined;
  }
  if (others.length === 0) return first;
  const items = remotes.map((remote) => remoteItem(remote, repositories.length > 1));
  return (await pick(items, purpose))?.remote;
}

/** The repository a command is about, likewise. */
export async function pickRepository(model: CoralModel, target: unknown, purpose: string): Promise<RepositoryModel | undefined> {
  requireTrust();
  const given = targetRepository(model, target);
  if (given) return given;
  const repositories = await openRepositories(model);
  if (repositories.length < 2) return repositories[0];
  const items = repositories.map((repository) => ({ icon: 'repo', label: repository.name, description: repository.root, repository }));
  return (await pick(items, purpose))?.repository;
}

/** Menus do not hide commands for want of trust: VS Code says whether there is any only once the window is restored. */
export function requireTrust(): void {
  if (!vscode.workspace.isTrusted) {
    throw new CoralError('denied', 'Coral works only in a trusted workspace. Trust it with "Workspaces: Manage Workspace Trust".');
  }
}

async function openRepositories(model: CoralModel): Promise<readonly RepositoryModel[]> {
  if (model.repositories.length === 0) await model.scan();
  await Promise.all(model.repositories.map((repository) => repository.load()));
  if (model.repositories.length === 0) {
    notify('info', 'There is no Coral repository in this window. Open a folder with .coral, or make one with "coral init".', [
      { title: 'Open Folder', run: () => vscode.commands.executeCommand('vscode.openFolder') },
    ]);
  }
  return model.repositories;
}

function sayNoRemotes(repositories: readonly RepositoryModel[]): void {
  const problem = repositories.map(({ error, remotesProblem }) => error ?? remotesProblem).find((found) => found !== undefined);
  if (problem) throw problem;
  notify('info', 'There is no remote yet to push to or pull from.', [
    { title: 'Add Remote', run: () => vscode.commands.executeCommand('coral.addRemote') },
  ]);
}

function remoteItem(remote: RemoteModel, withRepository: boolean): Item & { remote: RemoteModel } {
  const counts = remote.status ? stateText(remote.status) : '';
  const description = [counts, remote.summary.url].filter(Boolean).join(' · ');
  return { icon: remote.icon, label: remote.name, description, remote, ...(withRepository ? { detail: remote.root } : {}) };
}
