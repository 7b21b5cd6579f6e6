import { CoralError } from '../../core/errors';
import { describeSource } from '../../core/remotes/credentials';
import type { StatusApi } from '../protocol/status';
import type { HandlersOf } from '../rpc';
import type { WorkerSession } from './session';

export function statusHandlers(session: WorkerSession): HandlersOf<StatusApi> {
  return {
    async status(request, { signal }) {
      const { ahead, behind, synced, missing, refs, isSynced, warnings } = await session.ask(request, signal);
      return {
        remote: request.remote, ahead: ahead.length, behind: behind.length, synced: synced.length, missing, refs, isSynced, warnings, checkedAt: Date.now(),
      };
    },
    async credentialsSource({ root, remote, credentials }) {
      const config = (await (await session.open(root)).remotes()).config(remote);
      if (config) return describeSource(config, credentials, process.env);
      throw new CoralError('missing', `There is no remote "${remote}" in this repository.`, { remote });
    },
  };
}
