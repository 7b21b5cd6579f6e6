import { CoralError } from '../../core/base/errors';
import { requireTrust } from '../ask/pickRemote';
import { hasText, targetRepository } from '../ask/target';
import type { Command } from '../command';
import { ask } from '../ui/say';

/** Lets Coral read and write where a link in a repository leads, once the person agreed. `{ root, realPath }` is the row that says so. */
export const useLinked: Command = {
  id: 'coral.useLinked',
  async run(services, target) {
    requireTrust();
    const repository = targetRepository(services.model, target);
    const link = repository?.links.find(({ realPath }) => !hasText(target, 'realPath') || target.realPath === realPath);
    if (!repository || !link) throw new CoralError('missing', 'No link here needs your consent. Refresh the view.');
    const detail = `${link.path} is a link to that place, outside this folder. Coral would read and change files there.`;
    if (await ask(`Use ${link.realPath}?`, [detail], 'Use It') === undefined) return;
    await services.consents.giveRealPath(repository.realRoot, link.realPath);
    await repository.refresh();
  },
};
