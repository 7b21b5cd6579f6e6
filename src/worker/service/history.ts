import type { LogEntry } from '../../core/history/commitLog';
import { RepositoryHistory } from '../../core/repository/repositoryHistory';
import type { ChangePage, CommitChangesRequest, CommitPage, CommitRow, DamagedCommitRow, HistoryRequest } from '../protocol/history';
import type { HandlersOf } from '../rpc';
import type { WorkerSession } from './session';

/** Reads the disk alone: commits as far back as someone looks, and never the same ones twice. */
export interface HistoryApi {
  history(request: HistoryRequest): Promise<CommitPage>;
  /** Weights that the commit added, changed or removed against its first parent, by name. */
  commitChanges(request: CommitChangesRequest): Promise<ChangePage>;
}

export function historyHandlers(session: WorkerSession): HandlersOf<HistoryApi> {
  const histories = new Map<string, RepositoryHistory>();

  async function historyOf(root: string): Promise<RepositoryHistory> {
    const repository = await session.open(root);
    const history = histories.get(root) ?? new RepositoryHistory(repository);
    histories.set(root, history);
    return history;
  }

  return {
    async history({ root, ref = 'HEAD', offset, limit, lookFor = [] }, { signal }) {
      const history = await historyOf(root);
      const { entries, hasMore } = await history.page(ref, offset, limit, signal);
      return { rows: entries.map(rowOf), hasMore, absent: await history.absent(lookFor) };
    },
    async commitChanges({ root, commit, offset, limit }, { signal }) {
      const changes = await (await historyOf(root)).changes(commit, signal);
      return { rows: changes.slice(offset, offset + limit), total: changes.length };
    },
  };
}

function rowOf(entry: LogEntry): CommitRow | DamagedCommitRow {
  if ('problem' in entry) return { hash: entry.commitHash, problem: entry.problem.toJSON() };
  const { commitHash: hash, parentHashes: parents, changes, metadata: { author, email, message, timestamp, tags: labels } } = entry;
  return { hash, parents, author, email, message, timestamp, labels, changes };
}
