import type { CoralModel } from '../model/coralModel';
import { RemoteModel } from '../model/remoteModel';
import { RepositoryModel } from '../model/repositoryModel';

// What a command is about, by what it was invoked on: a row of a view, which has these properties, or plain data of the same form from
// links, the status bar and other extensions.

export interface RemoteTarget {
  readonly root: string;
  readonly remote: string;
}

export interface CommitTarget {
  readonly root: string;
  /** the whole hash */
  readonly commit: string;
}

export function targetRemote(model: CoralModel, target: unknown): RemoteModel | undefined {
  const { remote } = propertiesOf(target);
  if (remote instanceof RemoteModel) return remote;
  return isRemoteTarget(target) ? model.remote(target.root, target.remote) : undefined;
}

/** The repository, or that of the remote. */
export function targetRepository(model: CoralModel, target: unknown): RepositoryModel | undefined {
  const { repository } = propertiesOf(target);
  if (repository instanceof RepositoryModel) return repository;
  const root = targetRemote(model, target)?.root ?? (hasText(target, 'root') ? target.root : undefined);
  return root === undefined ? undefined : model.repository(root);
}

export function isRemoteTarget(target: unknown): target is RemoteTarget {
  return hasText(target, 'root') && hasText(target, 'remote');
}

export function isCommitTarget(target: unknown): target is CommitTarget {
  return hasText(target, 'root') && hasText(target, 'commit');
}

/** The plan that the person has agreed to, where it comes from a preview of it. */
export function agreedIn(target: unknown): { readonly agreedPlan?: string } {
  return hasText(target, 'agreedPlan') ? { agreedPlan: target.agreedPlan } : {};
}

export function hasText<Key extends string>(value: unknown, key: Key): value is Record<Key, string> {
  return typeof propertiesOf(value)[key] === 'string';
}

function propertiesOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? value as Record<string, unknown> : {};
}
