import type { Depth, IntegrityReport } from '../../core/repository/integrity/integrityReport';
import type { CoralClient } from '../../worker/client';
import { requestOf, type IntegrityTarget } from '../ask/pickIntegrityTarget';
import { withProgress } from '../ui/progress';
import { subjectName } from '../wording/integrityText';

/** Checks; from then on the rows of the weights that are damaged say so. */
export async function runCheck(client: CoralClient, subject: IntegrityTarget, depth: Depth): Promise<IntegrityReport> {
  const request = { ...await requestOf(subject), depth };
  const title = `Checking ${subjectName(request)}`;
  const report = await withProgress(title, (options) => client.call('checkIntegrity', request, options));
  subject.repository.takeCheck(subject.remote, report);
  return report;
}
