import type { NewRemote } from '../../worker/protocol/remotes';
import type { Services } from '../actions/services';
import { settleRemote } from '../actions/settleRemote';
import { pickRepository } from '../ask/pickRemote';
import { describeRemote, remoteOf } from '../ask/remoteQuestions';
import { hasText } from '../ask/target';
import type { Command } from '../command';
import type { RepositoryModel } from '../model/repositoryModel';
import { notify } from '../ui/say';

/** Asks where, what name and which credentials, tests the connection, then saves. `{ root, name, url }` leaves out the questions. */
export const addRemote: Command = {
  id: 'coral.addRemote',
  async run(services, target) {
    const repository = await pickRepository(services.model, target, 'Add a remote to which repository?');
    if (!repository) return;
    if (repository.remotesProblem) throw repository.remotesProblem;
    const remote = await newRemote(services, repository, target);
    if (!remote) return;
    const settled = await settleRemote(services, `Add Remote ${remote.name}`, remote);
    if (!settled) return;
    await save(services, repository, settled.remote);
    if (settled.isUsable) notify('info', settled.text);
  },
};

async function newRemote({ client }: Services, { root, remotes }: RepositoryModel, target: unknown): Promise<NewRemote | undefined> {
  if (hasText(target, 'name') && hasText(target, 'url')) {
    const { url, endpointUrl } = await client.call('readUrl', { url: target.url.trim() });
    return { root, name: target.name.trim(), url, endpointUrl };
  }
  const draft = await describeRemote(client, 'Add Remote', remotes.map(({ name }) => name));
  return draft && remoteOf(root, draft);
}

/** Credentials and consent come first: whoever sees the new remote may ask it at once. */
async function save(
  { client, vault, consents, model }: Services, repository: RepositoryModel, { credentials, ...entry }: NewRemote,
): Promise<void> {
  if (credentials) await vault.set(entry, credentials);
  try {
    const { realRoot, summary } = await client.call('describeRemote', entry);
    await consents.give({ realRoot, ...summary }, { writes: true });
    await client.call('addRemote', entry);
  } catch (error) {
    if (credentials) await vault.release(entry, model.remotes.map(({ summary }) => summary));
    throw error;
  }
  await repository.refresh();
}
