import type { RepositoryState } from '../coralFolder/repositoryState';
import { CoralError } from '../base/errors';
import type { Remote } from '../sync/remote';
import { SyncResult } from '../transfer/syncResult';
import { checkOutBranches } from './clone';
import type { RemoteTransferOptions } from './repositoryOptions';

/** A new repository, as far as it is needed here. */
interface Draft {
  coralFolder(): Promise<string>;
  fetch(name: string, options: RemoteTransferOptions): Promise<SyncResult>;
  remote(name: string, options: RemoteTransferOptions): Promise<Remote>;
  state(): Promise<RepositoryState>;
}

/** Brings what the remote has into a new repository, and checks its branches out. */
export async function fillClone(repository: Draft, remoteName: string, options: RemoteTransferOptions): Promise<SyncResult> {
  await checkRemoteExists(repository, remoteName, options);
  const result = await repository.fetch(remoteName, options);
  const branches = await checkOutBranches(await repository.coralFolder(), remoteName);
  if (Object.keys(branches).length > 0) return result;
  const { commits } = await repository.state();
  const what = commits.size > 0
    ? 'no branches: only the hashes of its commits lead to them'
    : 'weights alone, without history: no commits, no branches, no versions';
  const warning = `${remoteName} holds ${what}. Push to it from a repository that has them, then pull.`;
  return result.plus(new SyncResult({ warnings: [warning] }));
}

/** A folder or bucket that does not exist would read as empty. */
async function checkRemoteExists(repository: Draft, name: string, options: RemoteTransferOptions): Promise<void> {
  await using remote = await repository.remote(name, options);
  if (await remote.exists(options.signal)) return;
  throw new CoralError('missing', `There is nothing at ${remote.config.url}. Check the URL.`, { remote: name });
}
