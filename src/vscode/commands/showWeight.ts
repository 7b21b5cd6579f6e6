import { checkHash } from '../../core/base/validate';
import { pickRepository } from '../ask/pickRemote';
import { pickWeight } from '../ask/pickWeight';
import { hasText } from '../ask/target';
import type { Command } from '../command';
import { isShownWeight } from '../panels/pageTargets';
import { selectedWeights } from '../tree/selectedRows';
import { shownWeight } from '../tree/shownWeight';

/**
 * Opens the details of a weight: of a row, of plain data ({ root, hash, name?, commit?, remote? }), of the selected row, or of a name that
 * is picked.
 */
export const showWeight: Command = {
  id: 'coral.showWeight',
  async run(services, target) {
    if (hasText(target, 'hash')) checkHash(target.hash);
    const [node] = isShownWeight(target) ? [] : selectedWeights(services.remotesView.view, target, undefined);
    const weight = isShownWeight(target) ? target : node && shownWeight(node);
    if (!weight) await openWeight.run(services, target);
    else if (await pickRepository(services.model, weight, 'Open a weight of which repository?')) services.panels.showWeight(weight);
  },
};

/** Asks for a name, and opens its newest weight. */
export const openWeight: Command = {
  id: 'coral.openWeight',
  async run(services, target) {
    const repository = await pickRepository(services.model, target, 'Open a weight of which repository?');
    const weight = repository && await pickWeight(services.client, repository.root, 'Open which weight?');
    if (weight) services.panels.showWeight(weight);
  },
};
