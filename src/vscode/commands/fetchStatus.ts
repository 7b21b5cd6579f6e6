import { CoralError } from '../../core/base/errors';
import { contact } from '../actions/contact';
import { reportError } from '../actions/reportError';
import { pickRemote } from '../ask/pickRemote';
import type { Command } from '../command';

export const fetchStatus: Command = {
  id: 'coral.fetchStatus',
  async run(services, target) {
    const remote = await pickRemote(services.model, target, 'Fetch the status of which remote?');
    if (!remote) return;
    await contact(services, remote, async (now) => {
      await now.fetchStatusAgain();
      if (CoralError.is(now.error, 'conflict')) throw now.error;
    });
    const retry = () => fetchStatus.run(services, { root: remote.root, remote: remote.name });
    if (remote.error) reportError(services.log, remote.error, { remote, retry });
  },
};

/** The same, under the name that an error's row has for it. */
export const retryRemote: Command = { ...fetchStatus, id: 'coral.retryRemote' };
