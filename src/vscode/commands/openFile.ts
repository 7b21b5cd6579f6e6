import { openFileAt, openRemoteEntry, remotesFile } from '../ui/openFile';
import type { Services } from '../actions/services';
import { pickRepository } from '../ask/pickRemote';
import { targetRemote } from '../ask/target';

/** Opens remotes.json, at the remote in question, or at the line of its problem if it has one. */
export async function openRemotesFile(services: Services, target?: unknown): Promise<void> {
  const remote = targetRemote(services.model, target);
  if (remote) return openRemoteEntry(remote.root, remote.name);
  const repository = await pickRepository(services, target, 'Open the remotes of which repository?');
  if (repository) await openFileAt(repository.remotesProblem?.path ?? remotesFile(repository.root), repository.remotesProblem?.line);
}

/** Opens the file of an error shown in the tree. */
export async function openProblem(_: Services, path: unknown, line: unknown): Promise<void> {
  if (typeof path === 'string') await openFileAt(path, typeof line === 'number' ? line : undefined);
}
