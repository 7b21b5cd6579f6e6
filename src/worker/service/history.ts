import type { LogEntry } from '../../core/history/commitLog';
import type { Training } from '../../core/repository/trainings';
import { RepositoryHistory } from '../../core/repository/repositoryHistory';
import type {
  ChangePage, CommitChangesRequest, CommitPage, CommitRow, DamagedCommitRow, HistoryRequest, TrainingRequest,
} from '../protocol/history';
import type { HandlersOf } from '../rpc';
import type { WorkerSession } from './workerSession';

/** Reads the disk alone: commits as far back as someone looks, and never the same ones twice. */
export interface HistoryApi {
  history(request: HistoryRequest): Promise<CommitPage>;
  /** Weights that the commit added, changed or removed against its first parent, by name. */
  commitChanges(request: CommitChangesRequest): Promise<ChangePage>;
  /** undefined for a commit that is no checkpoint of a training */
  training(request: TrainingRequest): Promise<Training | undefined>;
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
      const trainings = await history.trainings(entries.map(({ commitHash }) => commitHash), signal);
      const rows = entries.map((entry) => rowOf(entry, trainings.get(entry.commitHash)));
      return { rows, hasMore, absent: await history.absent(lookFor) };
    },
    async commitChanges({ root, commit, offset, limit }, { signal }) {
      const changes = await (await historyOf(root)).changes(commit, signal);
      return { rows: changes.slice(offset, offset + limit), total: changes.length };
    },
    async training({ root, commit }, { signal }) {
      return (await (await historyOf(root)).trainings([commit], signal)).get(commit);
    },
  };
}

function rowOf(entry: LogEntry, training: Training | undefined): CommitRow | DamagedCommitRow {
  if ('problem' in entry) return { hash: entry.commitHash, problem: entry.problem.toJSON() };
  const { commitHash: hash, parentHashes: parents, changes, metadata: { author, email, message, timestamp, tags: labels } } = entry;
  return { hash, parents, author, email, message, timestamp, labels, changes, training };
}
