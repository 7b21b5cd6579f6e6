import * as vscode from 'vscode';
import { formatCount, shortHash } from '../../text/format';
import { safeText } from '../../text/safeText';
import type { ShownWeight } from '../../webview/messages';
import type { CoralClient } from '../../worker/client';
import type { NamedHash } from '../../worker/protocol/details';
import { notify, shownItems } from '../ui/say';

interface WeightItem extends vscode.QuickPickItem {
  readonly weight: NamedHash;
}

/** Rows that are offered at once; VS Code takes many thousands badly. */
const maxShown = 200;

/** Asks for one of the names that commits and staging know; typing narrows them down. undefined when none was picked. */
export async function pickWeight(client: CoralClient, root: string, placeHolder: string): Promise<ShownWeight | undefined> {
  const weights = await client.call('weightNames', { root });
  if (weights.length === 0) {
    notify('info', 'No weight has a name here yet: nothing is committed or staged. Open one from the Coral view instead.');
    return undefined;
  }
  const picked = await pickFrom(weights, placeHolder);
  return picked && { root, hash: picked.hash, name: picked.name };
}

function pickFrom(weights: readonly NamedHash[], placeHolder: string): Promise<NamedHash | undefined> {
  const picker = vscode.window.createQuickPick<WeightItem>();
  picker.placeholder = safeText(`${placeHolder} (${formatCount(weights.length)}, by name or hash)`, 'message');
  const offer = (text: string): void => { picker.items = shownItems(matching(weights, text).map(itemOf)); };
  offer('');
  return new Promise((resolve) => {
    picker.onDidChangeValue(offer);
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.weight);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
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

/** `alwaysShow`, since these were filtered already. */
function itemOf(weight: NamedHash): WeightItem {
  return { label: weight.name, description: shortHash(weight.hash), alwaysShow: true, weight };
}
