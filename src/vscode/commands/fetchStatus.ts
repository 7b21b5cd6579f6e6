import { CoralError } from '../../core/base/errors';
import { contact } from '../actions/contact';
import { reportError } from '../actions/reportError';
import { type Command, withRemote } from '../command';

export const fetchStatus: Command = {
  id: 'coral.fetchStatus',
  run: withRemote('Fetch the status of which remote?', async (services, remote) => {
    await contact(services, remote, async (now) => {
      await now.fetchStatusAgain();
      if (CoralError.is(now.error, 'conflict')) throw now.error;
    });
    const retry = () => fetchStatus.run(services, remote.target);
    if (remote.error) reportError(services.log, remote.error, { remote, retry });
  }),
};

/** The same, under the name that an error's row has for it. */
export const retryRemote: Command = { ...fetchStatus, id: 'coral.retryRemote' };
