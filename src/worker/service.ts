import type { WorkerSettings } from './protocol';
import type { HandlersOf } from './rpc';
import { Comparisons } from './service/comparisons';
import { type DetailsApi, detailsHandlers } from './service/details';
import { type HistoryApi, historyHandlers } from './service/history';
import { type IntegrityApi, integrityHandlers } from './service/integrity';
import { type RemotesApi, remotesHandlers } from './service/remotes';
import { type RepositoryApi, repositoryHandlers } from './service/repository';
import { WorkerSession } from './service/workerSession';
import { type StatusApi, statusHandlers } from './service/status';
import { type TransfersApi, transfersHandlers } from './service/transfers';
import { type WeightsApi, weightsHandlers } from './service/weights';

/** What the worker does on request, method by method. Everything crosses the thread as plain data. */
export interface CoralApi extends
  RepositoryApi, HistoryApi, StatusApi, WeightsApi, TransfersApi, RemotesApi, DetailsApi, IntegrityApi {
  configure(settings: WorkerSettings): Promise<void>;
}

/** The worker's side of CoralApi: core behind plain data. */
export function coralHandlers(log: (text: string) => void): HandlersOf<CoralApi> {
  const session = new WorkerSession(log);
  const comparisons = new Comparisons(session);
  return {
    configure: (settings) => session.configure(settings),
    ...repositoryHandlers(session),
    ...historyHandlers(session),
    ...statusHandlers(session, comparisons),
    ...weightsHandlers(comparisons),
    ...detailsHandlers(session),
    ...transfersHandlers(session),
    ...remotesHandlers(session),
    ...integrityHandlers(session),
  };
}
