import { transferAndReport } from '../actions/transfer';
import { pickRemote } from '../ask/pickRemote';
import type { Command } from '../command';

export const pull: Command = {
  id: 'coral.pull',
  async run(services, target) {
    const remote = await pickRemote(services.model, target, 'Pull from which remote?');
    return remote && transferAndReport(services, remote, { direction: 'pull' });
  },
};
