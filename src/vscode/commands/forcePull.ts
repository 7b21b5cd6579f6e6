import { transferAndReport } from '../actions/transfer';
import { pickRemote } from '../ask/pickRemote';
import type { Command } from '../command';
import { ask } from '../ui/say';

export const forcePull: Command = {
  id: 'coral.forcePull',
  async run(services, target) {
    const remote = await pickRemote(services.model, target, 'Force pull from which remote?');
    if (!remote) return undefined;
    const detail = `Every weight of ${remote.summary.url} is fetched again and replaces what this repository stores under its hash.`;
    const picked = await ask(`Force pull from ${remote.name}?`, [detail], 'Force Pull');
    return picked ? transferAndReport(services, remote, { direction: 'pull', force: true }) : undefined;
  },
};
