import { formatCount, shortHash } from '../../text/format';
import type { ShownWeight } from '../../webview/messages';
import type { CoralClient } from '../../worker/client';
import type { NamedHash } from '../../worker/protocol/details';
import { notify } from '../ui/say';
import { pickAsTyped } from './pickAsTyped';

/** Rows that are offered at once; VS Code takes many thousands badly. */
const maxShown = 200;

/** Asks for one of the names that commits and staging know; typing narrows them down. undefined when none was picked. */
export async function pickWeight(client: CoralClient, root: string, placeHolder: string): Promise<ShownWeight | undefined> {
  const weights = await client.call('weightNames', { root });
  if (weights.length === 0) {
    notify('info', 'No weight has a name here yet: nothing is committed or staged. Open one from the Coral view instead.');
    return undefined;
  }
  const picked = await pickAsTyped({
    placeholder: `${placeHolder} (${formatCount(weights.length)}, by name or hash)`,
    offer: (text) => matching(weights, text).map((value) => ({ value, label: value.name, description: shortHash(value.hash) })),
  });
  return picked && { root, hash: picked.hash, name: picked.name };
}

/** Those that contain every word that was typed. */
function matching(weights: readonly NamedHash[], text: string): NamedHash[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found: NamedHash[] = [];
  for (const weight of weights) {
    const line = `${weight.name.toLowerCase()} ${weight.hash}`;
    if (words.every((word) => line.includes(word)) && found.push(weight) === maxShown) break;
  }
  return found;
}
