import { pickRepository } from '../ask/pickRemote';
import { targetRemote } from '../ask/target';
import type { Command } from '../command';
import { openFileAt, openRemoteEntry, remotesFile } from '../ui/openFile';

/** Opens remotes.json, at the remote in question, or at the line of its problem if it has one. */
export const openRemotesFile: Command = {
  id: 'coral.openRemotesFile',
  async run(services, target) {
    const remote = targetRemote(services.model, target);
    if (remote) return openRemoteEntry(remote.root, remote.name);
    const repository = await pickRepository(services.model, target, 'Open the remotes of which repository?');
    if (repository) await openFileAt(repository.remotesProblem?.path ?? remotesFile(repository.root), repository.remotesProblem?.line);
  },
};

/** Opens the file of an error shown in the tree. */
export const openProblem: Command = {
  id: 'coral.openProblem',
  async run(_, path, line) {
    if (typeof path === 'string') await openFileAt(path, typeof line === 'number' ? line : undefined);
  },
};
