import * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import { commitText } from '../../text/format';
import { safeText } from '../../text/safeText';
import type { FoundWeight } from '../../worker/protocol/weights';
import { reportError } from '../actions/reportError';
import type { Services } from '../actions/services';
import { pickRemote } from '../ask/pickRemote';
import { targetRemote } from '../ask/target';
import type { Command } from '../command';
import type { RemoteModel } from '../model/remoteModel';
import { shownItems } from '../ui/say';

const maxShown = 200;
const states = { ahead: 'to push', behind: 'to pull', synced: 'synced' };

interface WeightItem extends vscode.QuickPickItem {
  readonly weight: FoundWeight;
}

/** Finds a weight by name or hash as one types, and shows its row. In the remote whose rows are selected, if any are. */
export const findWeight: Command = {
  id: 'coral.findWeight',
  async run(services, target) {
    const { model, remotesView } = services;
    const remote = await pickRemote(
      model, target ?? remotesView.view.selection.find((node) => targetRemote(model, node)), 'Find a weight in which remote?',
    );
    const weight = remote && await pickWeight(services, remote);
    if (!weight) return;
    if (await remotesView.reveal(remote, weight)) return;
    services.tree.listing.setFilter('');
    if (!await remotesView.reveal(remote, weight)) {
      throw new CoralError('missing', `${weight.name ?? weight.hash} is no longer there. Refresh and try again.`, { hash: weight.hash });
    }
  },
};

/** The worker is asked at each key; an answer that comes after the next question is not shown. */
async function pickWeight(services: Services, remote: RemoteModel): Promise<FoundWeight | undefined> {
  const pick = vscode.window.createQuickPick<WeightItem>();
  let asked = new AbortController();
  const ask = async (text: string): Promise<void> => {
    asked.abort();
    const { signal } = asked = new AbortController();
    pick.busy = true;
    try {
      const found = await remote.call('findWeights', { text, limit: maxShown }, { signal });
      if (!signal.aborted) pick.items = shownItems(found.map(itemOf));
    } catch (error) {
      if (!signal.aborted) reportError(services.log, error, { remote });
    } finally {
      if (!signal.aborted) pick.busy = false;
    }
  };
  pick.title = safeText(`Find Weight in ${remote.name}`, 'label');
  pick.placeholder = 'Words of its name, or the beginning of its hash';
  pick.onDidChangeValue(ask);
  const picked = new Promise<FoundWeight | undefined>((resolve) => {
    pick.onDidAccept(() => resolve(pick.activeItems[0]?.weight));
    pick.onDidHide(() => resolve(undefined));
  });
  pick.show();
  void ask('');
  try {
    return await picked;
  } finally {
    asked.abort();
    pick.dispose();
  }
}

/** Shown whatever VS Code's own filter thinks of it. */
function itemOf(weight: FoundWeight): WeightItem {
  const { name, hash, group, commit } = weight;
  const description = [name === undefined ? 'unnamed' : hash, states[group], ...(commit ? [`in ${commitText(commit)}`] : [])].join(' · ');
  return { weight, label: name ?? hash, description, alwaysShow: true };
}
