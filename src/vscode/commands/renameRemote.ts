import type { Services } from '../actions/services';
import { askText } from '../ask/questions';
import { nameProblem } from '../ask/remoteQuestions';
import { back } from '../ask/steps';
import { hasText } from '../ask/target';
import { type Command, withRemote } from '../command';
import type { RemoteModel } from '../model/remoteModel';
import { followDefaultRemote } from '../settings/settings';

/** Gives a remote another name; its saved credentials and its being the default go along. `{ root, remote, name }` asks nothing. */
export const renameRemote: Command = {
  id: 'coral.renameRemote',
  run: withRemote('Rename which remote?', async (services, remote, target) => {
    const name = hasText(target, 'root') && hasText(target, 'name') ? target.name : await askName(services, remote);
    if (name === undefined || name === remote.name) return;
    const { client, vault, consents, model } = services;
    const { root, summary } = remote;
    const renamed = { ...summary, name };
    const inUse = () => model.remotes.map((other) => other.summary);
    await vault.copy(summary, renamed);
    try {
      await client.call('renameRemote', { root, remote: summary.name, name });
    } catch (error) {
      await vault.release(renamed, inUse());
      throw error;
    }
    const { at, mayPushByItself: writes } = remote;
    if (consents.isGiven(at)) await consents.give({ ...at, name }, { writes });
    await followDefaultRemote(root, summary.name, name);
    await model.repository(root)?.refresh();
    await vault.release(summary, inUse());
  }),
};

async function askName({ model }: Services, { root, name }: RemoteModel): Promise<string | undefined> {
  const taken = model.repository(root)?.remotes.map((remote) => remote.name).filter((other) => other !== name) ?? [];
  const typed = await askText(
    { title: `Rename ${name}`, prompt: 'New name of the remote', value: name, problemOf: (text) => nameProblem(text, taken) },
  );
  return typed === back ? undefined : typed;
}
