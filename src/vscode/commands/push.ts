import { transferAndReport } from '../actions/transfer';
import { pickRemote } from '../ask/pickRemote';
import type { Command } from '../command';

export const push: Command = {
  id: 'coral.push',
  async run(services, target) {
    const remote = await pickRemote(services.model, target, 'Push to which remote?');
    return remote && transferAndReport(services, remote, { direction: 'push' });
  },
};
