import { type Command, withRemote } from '../command';
import { ask } from '../ui/say';

export const removeRemote: Command = {
  id: 'coral.removeRemote',
  run: withRemote('Remove which remote?', async ({ client, model, vault }, { root, name, summary }) => {
    const detail = `It goes out of .coral/remotes.json. The weights at ${summary.url} stay.`;
    if (!await ask(`Remove the remote ${name}?`, [detail], 'Remove')) return;
    await client.call('removeRemote', { root, remote: name });
    await model.repository(root)?.refresh();
    await vault.release(summary, model.remotes.map((other) => other.summary));
  }),
};
