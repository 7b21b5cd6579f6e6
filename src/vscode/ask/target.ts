import type { CoralModel } from '../model/coralModel';
import type { RemoteModel } from '../model/remoteModel';
import type { RepositoryModel } from '../model/repositoryModel';
import { ErrorNode } from '../tree/errorNode';
import { GroupNode } from '../tree/groupNode';
import { ModuleNode } from '../tree/moduleNode';
import { RemoteNode } from '../tree/remoteNode';
import { RepositoryNode } from '../tree/repositoryNode';
import { WeightNode } from '../tree/weightNode';

/** A remote as plain data: what the status bar, links and other extensions hand to a command. */
export interface RemoteTarget {
  readonly root: string;
  readonly remote: string;
}

/** The remote that a command was invoked on: a row of the tree, or a RemoteTarget. */
export function targetRemote(model: CoralModel, target: unknown): RemoteModel | undefined {
  if (target instanceof RemoteNode || target instanceof GroupNode || target instanceof ModuleNode || target instanceof ErrorNode) return target.remote;
  if (target instanceof WeightNode) return target.parent.remote;
  return hasText(target, 'root') && hasText(target, 'remote') ? model.remote(target.root, target.remote) : undefined;
}

/** The repository that a command was invoked on: its row, one of its remotes, or `{ root }`. */
export function targetRepository(model: CoralModel, target: unknown): RepositoryModel | undefined {
  if (target instanceof RepositoryNode) return target.repository;
  const root = targetRemote(model, target)?.root ?? (hasText(target, 'root') ? target.root : undefined);
  return root === undefined ? undefined : model.repository(root);
}

export function hasText<Key extends string>(value: unknown, key: Key): value is Record<Key, string> {
  return typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[key] === 'string';
}
