import * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import { backendNamed } from '../../core/storage/backends';
import type { RemoteChanges } from '../../core/remotes/remotesFile';
import type { RemoteSummary } from '../../worker/protocol/repository';
import type { Services } from '../actions/services';
import { settleRemote } from '../actions/settleRemote';
import { mayContactPlace } from '../ask/mayContact';
import { askChoice, askText, type ChoiceItem } from '../ask/questions';
import { asked } from '../ask/remoteQuestions';
import { back } from '../ask/steps';
import { type Command, withRemote } from '../command';
import type { RemotePlace } from '../model/consents';
import { isSamePlace } from '../model/credentialVault';
import type { RemoteModel } from '../model/remoteModel';

type Field = 'url' | 'endpoint' | 'region' | 'autoPush' | 'autoPull';
type Answer = Field | 'save' | 'credentials' | 'rename' | 'file';

/** Asks what to change, tests the connection where it is another one, then saves. `{ root, remote, changes }` saves at once. */
export const editRemote: Command = {
  id: 'coral.editRemote',
  run: withRemote('Edit which remote?', async (services, remote, target) => {
    const given = givenChanges(target);
    if (given) return save(services, remote, given);
    const edited = await askChanges(services, remote);
    if (!edited) return;
    if (isSamePlace(edited, remote.summary) && edited.url === remote.summary.url && edited.region === remote.summary.region) {
      return save(services, remote, changesOf(edited));
    }
    // An address that was typed here is agreed to; one that came with the folder, or whose server did, may not be yet.
    const isTyped = edited.endpointUrl === undefined
      ? edited.url !== remote.summary.url
      : edited.endpointUrl !== remote.summary.endpointUrl;
    const isAllowed = isTyped || await mayContactPlace(
      services.consents, await placeOf(services, remote, edited), () => remote.call('credentialsSource', {}),
    );
    if (!isAllowed) return;
    const credentials = await services.vault.get(edited);
    const settled = await settleRemote(services, `Edit ${remote.name}`, { ...edited, root: remote.root, credentials });
    if (!settled) return;
    const { url, endpointUrl, region, credentials: found } = settled.remote;
    if (found) await services.vault.set(settled.remote, found);
    const changed = { ...edited, url, endpointUrl, region };
    await services.consents.give(await placeOf(services, remote, changed), { writes: isTyped });
    await save(services, remote, changesOf(changed));
  }),
};

async function placeOf({ client }: Services, { root }: RemoteModel, draft: RemoteSummary): Promise<RemotePlace> {
  const { name, url, endpointUrl, region } = draft;
  const { realRoot, summary } = await client.call('describeRemote', { root, name, url, endpointUrl, region });
  return { realRoot, ...summary };
}

/** What is saved for the former server and bucket stays with them, and goes when nobody needs it any more. */
async function save(
  { client, vault, model, consents }: Services, { root, name, summary }: RemoteModel, changes: RemoteChanges,
): Promise<void> {
  await client.call('editRemote', { root, remote: name, changes });
  await model.repository(root)?.refresh();
  const saved = model.remote(root, name);
  // Who switches auto push on here agrees to it.
  if (changes.autoPush === true && !summary.autoPush && saved && isSamePlace(saved.summary, summary)) {
    await consents.give(saved.at, { writes: true });
  }
  await vault.release(summary, model.remotes.map((remote) => remote.summary));
}

function changesOf({ url, endpointUrl, region, autoPush, autoPull }: RemoteSummary): RemoteChanges {
  return { url, endpointUrl: endpointUrl ?? null, region: region ?? null, autoPush, autoPull };
}

function givenChanges(target: unknown): RemoteChanges | undefined {
  return typeof target === 'object' && target !== null && 'changes' in target ? target.changes as RemoteChanges : undefined;
}

/** One thing after another, until it is to be saved; undefined when the person leaves, or goes on to something else. */
async function askChanges(services: Services, { root, name, summary }: RemoteModel): Promise<RemoteSummary | undefined> {
  const title = `Edit ${name}`;
  let draft = summary;
  let active: Answer = 'url';
  for (;;) {
    const answer: Answer | typeof back | undefined = await askChoice<Answer>(
      { title, placeholder: 'What is to be changed?', items: fields(draft, draft !== summary), active },
    );
    if (answer === undefined || answer === back) return undefined;
    if (answer === 'save') return draft;
    if (answer === 'credentials' || answer === 'rename' || answer === 'file') {
      const commands = { credentials: 'coral.setCredentials', rename: 'coral.renameRemote', file: 'coral.openRemotesFile' };
      await vscode.commands.executeCommand(commands[answer], { root, remote: name });
      return undefined;
    }
    const edited = await editField(services, title, draft, answer);
    active = edited ? 'save' : answer;
    draft = edited ?? draft;
  }
}

function fields(draft: RemoteSummary, isChanged: boolean): ChoiceItem<Answer>[] {
  const { url, endpointUrl, region, autoPush, autoPull } = draft;
  const backend = backendNamed(draft.backend);
  return [
    ...(isChanged
      ? [{ value: 'save' as const, icon: 'save', label: 'Save', description: 'tests the connection first if it is another one' }]
      : []),
    { value: 'url', icon: 'link', label: 'URL', description: url },
    ...(backend?.endpoint
      ? [{ value: 'endpoint' as const, icon: 'server', label: 'Server', description: endpointUrl ?? backend.label }]
      : []),
    ...(backend?.region ? [{ value: 'region' as const, icon: 'globe', label: 'Region', description: region ?? 'not given' }] : []),
    { value: 'autoPush', icon: 'cloud-upload', label: 'Push after each commit', description: autoPush ? 'on' : 'off' },
    { value: 'autoPull', icon: 'cloud-download', label: 'Pull before other operations', description: autoPull ? 'on' : 'off' },
    ...(backend?.credentials.length === 0 ? [] : [{ value: 'credentials' as const, icon: 'key', label: 'Credentials...' }]),
    { value: 'rename', icon: 'edit', label: 'Rename...' },
    { value: 'file', icon: 'go-to-file', label: 'Open remotes.json' },
  ];
}

/** The draft with another value; undefined when it was left as it is. */
async function editField({ client }: Services, title: string, draft: RemoteSummary, field: Field): Promise<RemoteSummary | undefined> {
  const at = { step: 2, totalSteps: 2 };
  if (field === 'autoPush' || field === 'autoPull') return { ...draft, [field]: !draft[field] };
  if (field === 'url') {
    const read = (text: string) => client.call('readUrl', { url: text });
    const problemOf = (text: string) => read(text).then(() => undefined, (error: unknown) => CoralError.from(error).message);
    const typed = await askText({ title, at, prompt: 'Where the weights are kept', value: draft.url, problemOf });
    if (typed === undefined || typed === back || typed === draft.url) return undefined;
    const { url, backend, endpointUrl } = await read(typed);
    return { ...draft, url, backend, endpointUrl: endpointUrl ?? (backendNamed(backend)?.endpoint ? draft.endpointUrl : undefined) };
  }
  const backend = backendNamed(draft.backend);
  const question = backend?.[field];
  if (question === undefined) return undefined;
  const { prompt, placeholder, problemOf } = asked(question);
  const key = field === 'endpoint' ? 'endpointUrl' : 'region';
  const text = await askText({
    title, at, placeholder, value: draft[key], prompt: field === 'endpoint' ? `${prompt}; empty for ${String(backend?.label)}` : prompt,
    problemOf: (typed) => (typed === '' ? undefined : problemOf(typed)),
  });
  return text === undefined || text === back || text === (draft[key] ?? '') ? undefined : { ...draft, [key]: text || undefined };
}
