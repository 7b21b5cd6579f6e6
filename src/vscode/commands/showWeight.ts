import { checkHash } from '../../core/validate';
import type { Services } from '../actions/services';
import { isShownWeight } from '../panels/pageTargets';
import { pickRepository } from '../ask/pickRemote';
import { pickWeight } from '../ask/pickWeight';
import { selectedWeights } from '../tree/selectedRows';
import { hasText } from '../ask/target';
import { shownWeight } from '../tree/shownWeight';

/** Opens the details of a weight: of a row, of plain data ({ root, hash, name?, commit?, remote? }), of the selected row, or of a name that is picked. */
export async function showWeight(services: Services, target?: unknown): Promise<void> {
  if (hasText(target, 'hash')) checkHash(target.hash);
  const [node] = isShownWeight(target) ? [] : selectedWeights(services, target, undefined);
  const weight = isShownWeight(target) ? target : node && shownWeight(services, node);
  if (!weight) return openWeight(services, target);
  if (await pickRepository(services, weight, 'Open a weight of which repository?')) services.panels.showWeight(services, weight);
}

/** Asks for a name, and opens its newest weight. */
export async function openWeight(services: Services, target?: unknown): Promise<void> {
  const repository = await pickRepository(services, target, 'Open a weight of which repository?');
  const weight = repository && await pickWeight(services, repository.root, 'Open which weight?');
  if (weight) services.panels.showWeight(services, weight);
}
