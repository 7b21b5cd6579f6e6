import { CoralError } from '../../core/errors';
import { ask } from '../ui/say';
import type { Services } from '../actions/services';
import { requireTrust } from '../ask/pickRemote';
import { hasText, targetRepository } from '../ask/target';

/** Lets Coral read and write where a link in a repository leads, once the person agreed. `{ root, realPath }` is the row that says so. */
export async function useLinked(services: Services, target?: unknown): Promise<void> {
  requireTrust();
  const repository = targetRepository(services.model, target);
  const link = repository?.links.find(({ realPath }) => !hasText(target, 'realPath') || target.realPath === realPath);
  if (!repository || !link) throw new CoralError('missing', 'No link here needs your consent. Refresh the view.');
  const detail = `${link.path} is a link to that place, outside this folder. Coral would read and change files there.`;
  if (await ask(`Use ${link.realPath}?`, [detail], 'Use It') === undefined) return;
  await services.consents.giveRealPath(repository.realRoot, link.realPath);
  await repository.refresh();
}
