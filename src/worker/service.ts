import type { CoralApi } from './protocol';
import type { HandlersOf } from './rpc';
import { Comparisons } from './service/comparisons';
import { historyHandlers } from './service/history';
import { integrityHandlers } from './service/integrity';
import { previewsHandlers } from './service/previews';
import { detailsHandlers } from './service/details';
import { remotesHandlers } from './service/remotes';
import { repositoryHandlers } from './service/repository';
import { WorkerSession } from './service/session';
import { statusHandlers } from './service/status';
import { transfersHandlers } from './service/transfers';
import { weightsHandlers } from './service/weights';

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
    ...previewsHandlers(session),
    ...detailsHandlers(session),
    ...transfersHandlers(session),
    ...remotesHandlers(session),
    ...integrityHandlers(session),
  };
}
