import { CoralError } from '../../core/base/errors';
import { commitText } from '../../text/format';
import type { FoundWeight } from '../../worker/protocol/weights';
import { reportError } from '../actions/reportError';
import type { Services } from '../actions/services';
import { pickAsTyped, type TypedItem } from '../ask/pickAsTyped';
import { pickRemote } from '../ask/pickRemote';
import { targetRemote } from '../ask/target';
import type { Command } from '../command';
import type { RemoteModel } from '../model/remoteModel';

const maxShown = 200;
const states = { ahead: 'to push', behind: 'to pull', synced: 'synced' };

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

/** The worker is asked at each key. */
function pickWeight({ log }: Services, remote: RemoteModel): Promise<FoundWeight | undefined> {
  return pickAsTyped({
    title: `Find Weight in ${remote.name}`, placeholder: 'Words of its name, or the beginning of its hash',
    offer: async (text, signal) => (await remote.call('findWeights', { text, limit: maxShown }, { signal })).map(itemOf),
    onError: (error) => reportError(log, error, { remote }),
  });
}

function itemOf(weight: FoundWeight): TypedItem<FoundWeight> {
  const { name, hash, group, commit } = weight;
  const description = [name === undefined ? 'unnamed' : hash, states[group], ...(commit ? [`in ${commitText(commit)}`] : [])].join(' · ');
  return { value: weight, label: name ?? hash, description };
}
