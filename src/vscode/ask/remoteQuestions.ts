import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { CredentialsChoice } from '../../core/storage/credentials';
import { CoralError } from '../../core/base/errors';
import type { Backend, CredentialsOffer, Offer, Question } from '../../core/storage/backend';
import { backends, refusalOf } from '../../core/storage/backends';
import { checkRemoteName } from '../../core/base/validate';
import type { CoralClient } from '../../worker/client';
import type { NewRemote } from '../../worker/protocol/remotes';
import { credentialsOf, keySteps, type KeysDraft, noKeys } from './askCredentials';
import { askChoice, askText, type ChoiceItem, type TextQuestion } from './questions';
import { back, runSteps, type Step } from './steps';

type Source = CredentialsOffer['source'];

/** One of the places that are offered, and what stands behind it. */
interface Provider extends Offer {
  readonly backend: Backend;
  readonly refusal: string | undefined;
}

const providers: readonly [Provider, ...Provider[]] = backends.flatMap((backend) => (
  backend.offers.map((offer) => ({ ...offer, backend, refusal: refusalOf(backend) })))) as [Provider, ...Provider[]];

/** A remote as far as it was described. */
export interface RemoteDraft {
  /** of the questions */
  readonly title: string;
  readonly provider: Provider;
  /** "" until it was asked for */
  readonly url: string;
  readonly endpointUrl?: string | undefined;
  /** whether the endpoint came with a pasted URL, and need not be asked for */
  readonly hasOwnServer?: boolean | undefined;
  readonly region?: string | undefined;
  readonly name: string;
  readonly source: Source;
  readonly profile?: string | undefined;
  readonly keys: KeysDraft;
}

const emptyDraft: Omit<RemoteDraft, 'title'> = { provider: providers[0], url: '', name: '', source: 'environment', keys: noKeys };

const anyUrl = /^[a-z0-9+]+:\/\//i;

/** All that is to be known of a new remote, asked under a title. */
export async function describeRemote(client: CoralClient, title: string, taken: readonly string[]): Promise<RemoteDraft | undefined> {
  return runSteps(remoteSteps(client, title, taken), { ...emptyDraft, title });
}

/** @param taken names of the remotes there are */
function remoteSteps(client: CoralClient, title: string, taken: readonly string[]): Step<RemoteDraft>[] {
  return [
    providerStep, locationStep(client), endpointStep, regionStep, nameStep(taken), sourceStep, profileStep(client),
    ...keySteps(title).map((step) => within(step, (draft) => needsCredentials(draft) && draft.source === 'keys')),
  ];
}

const needsCredentials = ({ provider }: Pick<RemoteDraft, 'provider'>): boolean => provider.backend.credentials.length > 0;

const providerStep: Step<RemoteDraft> = {
  async ask(draft, at) {
    const items = providers.map((provider): ChoiceItem<Provider> => {
      const refusal = firstSentence(provider.refusal);
      return { value: provider, icon: provider.icon, label: provider.label, detail: refusal ?? provider.detail, refusal };
    });
    const provider = await askChoice(
      { title: draft.title, at, placeholder: 'Where are the weights to be kept?', items, active: draft.provider },
    );
    if (provider === undefined || provider === back) return provider;
    // What was said about another place does not hold for this one.
    return provider === draft.provider
      ? draft
      : { ...draft, provider, url: '', endpointUrl: undefined, hasOwnServer: undefined, region: undefined };
  },
};

/** All that a row has room for. */
function firstSentence(text: string | undefined): string | undefined {
  return text === undefined ? undefined : /^.*?\.(?= |$)/.exec(text)?.[0] ?? text;
}

/** A whole URL is understood as well, whatever provider it is of. */
function locationStep(client: CoralClient): Step<RemoteDraft> {
  return {
    async ask(draft, at) {
      const { location, backend } = draft.provider;
      const read = (text: string) => readLocation(client, draft, text);
      const text = await askText({
        title: draft.title, at, ...location, value: shownLocation(draft), button: backend.kind === 'folder' ? browse : undefined,
        problemOf: async (typed) => {
          if (typed === '') return 'Type where the weights are to be kept.';
          return read(typed).then(({ provider }) => provider.refusal, (error: unknown) => CoralError.from(error).message);
        },
      });
      return text === undefined || text === back ? text : read(text);
    },
  };
}

const browse = {
  icon: 'folder-opened', tooltip: 'Browse...',
  async run(): Promise<string | undefined> {
    const [folder] = await vscode.window.showOpenDialog(
      { canSelectFolders: true, canSelectFiles: false, openLabel: 'Choose', title: 'Folder of the Remote' },
    ) ?? [];
    return folder?.fsPath;
  },
};

async function readLocation(client: CoralClient, draft: RemoteDraft, text: string): Promise<RemoteDraft> {
  const isUrl = anyUrl.test(text);
  const { backend, url, endpointUrl } = await client.call('readUrl', { url: isUrl ? text : urlOf(draft.provider, text) });
  // The server that was given for another text stays, except to a URL that names its own.
  const kept = draft.hasOwnServer ? undefined : draft.endpointUrl;
  const provider = providerOf(backend, endpointUrl !== undefined || asks(draft, 'endpoint')) ?? draft.provider;
  const takesServer = provider.asks.includes('endpoint');
  return { ...draft, provider, url, endpointUrl: endpointUrl ?? (takesServer ? kept : undefined), hasOwnServer: endpointUrl !== undefined };
}

/** Among several of one backend, the one for servers of one's own or the other. */
function providerOf(backend: string, hasServer: boolean): Provider | undefined {
  const fitting = providers.filter((provider) => provider.backend.name === backend);
  return fitting.find((provider) => provider.asks.includes('endpoint') === hasServer) ?? fitting[0];
}

function urlOf({ backend }: Provider, text: string): string {
  if (backend.kind === 'bucket') return `${backend.name}://${text.replace(/^\/+/, '')}`;
  const path = text.replace(/^~(?=[/\\]|$)/, homedir());
  return `${backend.name}://${process.platform === 'win32' ? path.replaceAll('\\', '/') : path}`;
}

function shownLocation({ url }: RemoteDraft): string {
  return url.replace(anyUrl, '');
}

const asks = ({ provider }: RemoteDraft, what: 'endpoint' | 'region'): boolean => provider.asks.includes(what);

/** A question as it is asked. */
export function asked(
  { prompt, placeholder, pattern, problem }: Question,
): Pick<TextQuestion, 'prompt' | 'placeholder'> & { problemOf: ProblemOf } {
  return { prompt, placeholder, problemOf: (text) => (pattern.test(text) ? undefined : problem) };
}

type ProblemOf = (text: string) => string | undefined;

const endpointStep: Step<RemoteDraft> = {
  applies: (draft) => asks(draft, 'endpoint') && draft.hasOwnServer !== true,
  async ask(draft, at) {
    const question = draft.provider.backend.endpoint;
    const endpointUrl = question && await askText({ ...asked(question), title: draft.title, at, value: draft.endpointUrl });
    return endpointUrl === undefined || endpointUrl === back ? endpointUrl : { ...draft, endpointUrl };
  },
};

const regionStep: Step<RemoteDraft> = {
  applies: (draft) => asks(draft, 'region'),
  async ask(draft, at) {
    const question = draft.provider.backend.region;
    const region = question && await askText({ ...asked(question), title: draft.title, at, value: draft.region });
    return region === undefined || region === back ? region : { ...draft, region: region || undefined };
  },
};

function nameStep(taken: readonly string[]): Step<RemoteDraft> {
  return {
    async ask(draft, at) {
      const name = await askText({
        title: draft.title, at, prompt: 'Name of the remote',
        value: draft.name || suggestedName(draft, taken), problemOf: (text) => nameProblem(text, taken),
      });
      return name === undefined || name === back ? name : { ...draft, name };
    },
  };
}

/** "origin" for the first remote, else what its URL ends in. */
function suggestedName({ url }: RemoteDraft, taken: readonly string[]): string {
  const last = url.split('/').findLast((part) => part !== '') ?? '';
  return ['origin', last].find((name) => nameProblem(name, taken) === undefined) ?? '';
}

export function nameProblem(name: string, taken: readonly string[]): string | undefined {
  if (taken.includes(name)) return `There is a remote ${name} already.`;
  try {
    checkRemoteName(name);
    return undefined;
  } catch (error) {
    return CoralError.from(error).message;
  }
}

const sourceStep: Step<RemoteDraft> = {
  applies: needsCredentials,
  async ask(draft, at) {
    const { variables, backend } = draft.provider;
    const set = variables.find((name) => process.env[name]);
    const items = backend.credentials.map(({ source, detail, ...offer }): ChoiceItem<Source> => {
      if (source !== 'environment') return { ...offer, value: source, detail };
      const description = set === undefined ? {} : { description: `${set} is set` };
      return { ...offer, value: source, detail: `${variables.join(', ')} ${detail}`, ...description };
    });
    const source = await askChoice(
      { title: draft.title, at, placeholder: 'Where do the credentials come from?', items, active: draft.source },
    );
    return source === undefined || source === back ? source : { ...draft, source };
  },
};

function profileStep(client: CoralClient): Step<RemoteDraft> {
  return {
    applies: (draft) => needsCredentials(draft) && draft.source === 'profile',
    async ask(draft, at) {
      const profiles = await client.call('profiles', {});
      const { title } = draft;
      const items = profiles.map((value) => ({ value, label: value }));
      const problemOf = (text: string) => (text === '' ? 'Type a name.' : undefined);
      const profile = profiles.length > 0
        ? await askChoice({ title, at, placeholder: 'Which AWS profile?', items, active: draft.profile })
        : await askText({ title, at, prompt: 'Name of the AWS profile; no AWS configuration was found yet', problemOf });
      return profile === undefined || profile === back ? profile : { ...draft, profile };
    },
  };
}

/** A step about the keys alone, as a step about the whole. */
function within(step: Step<KeysDraft>, applies: (draft: RemoteDraft) => boolean): Step<RemoteDraft> {
  return {
    applies,
    async ask(draft, at) {
      const keys = await step.ask(draft.keys, at);
      return keys === undefined || keys === back ? keys : { ...draft, keys };
    },
  };
}

/** What was described, as the worker takes it. */
export function remoteOf(root: string, { name, url, region, endpointUrl, ...draft }: RemoteDraft): NewRemote {
  return { root, name, url, region, endpointUrl, credentials: credentialsChoiceOf(draft) };
}

function credentialsChoiceOf(
  { provider, source, profile, keys }: Pick<RemoteDraft, 'provider' | 'source' | 'profile' | 'keys'>,
): CredentialsChoice | undefined {
  if (!needsCredentials({ provider }) || source === 'environment') return undefined;
  if (source === 'none') return { anonymous: true };
  if (source === 'profile') return profile === undefined ? undefined : { profile };
  return credentialsOf(keys);
}
