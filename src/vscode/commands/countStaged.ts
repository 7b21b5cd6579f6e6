import { pickRepository } from '../ask/pickRemote';
import type { Command } from '../command';
import { formatCountOf } from '../../text/format';
import { notify } from '../ui/say';

export const countStaged: Command = {
  id: 'coral.countStaged',
  async run({ model, client }, target) {
    const repository = await pickRepository(model, target, 'Count what is staged in which repository?');
    if (!repository) return;
    const staged = await client.call('countStaged', { root: repository.root });
    notify('info', `${formatCountOf(staged, 'weight')} staged in ${repository.name}.`);
  },
};
