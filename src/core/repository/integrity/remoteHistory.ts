import type { Remote } from '../../sync/remote';
import { checkHistory, type HistoryCheck } from './checkHistory';
import type { CommitRef } from './danglingReferences';

/** The small files of a remote, and what is wrong with them. */
interface RemoteHistory extends HistoryCheck {
  /** the branches in refs.json; not versions */
  readonly refs: readonly CommitRef[];
}

export async function readRemoteHistory(remote: Remote, signal?: AbortSignal): Promise<RemoteHistory> {
  const path = `refs.json of ${remote.config.name}`;
  const refs = Object.entries(await remote.fetchRefs(signal)).map(([name, commit]): CommitRef => ({ subject: 'refs', name, path, commit }));
  const { refsProblem } = remote;
  const history = await checkHistory(remote.history, 'push', signal);
  if (refsProblem === undefined) return { ...history, refs };
  const finding = { severity: 'error', subject: 'refs', fault: 'damaged', path: refsProblem.path ?? path, message: refsProblem.message, mend: 'hand' } as const;
  return { ...history, refs, findings: [finding, ...history.findings] };
}
