import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { CredentialsChoice } from '../../core/remotes/credentials';
import { CoralError } from '../../core/errors';
import { checkRemoteName } from '../../core/validate';
import type { CoralClient } from '../../worker/client';
import type { NewRemote } from '../../worker/protocol/remotes';
import { askChoice, askText, type Choice } from '../multiStepInput';
import { back, runSteps, type Step } from '../steps';
import { keySteps, type KeysDraft, noKeys } from './askCredentials';

type Provider = 's3' | 'minio' | 'file' | 'gcs' | 'azure';
type Source = 'environment' | 'profile' | 'keys' | 'none';

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

const emptyDraft: Omit<RemoteDraft, 'title'> = { provider: 's3', url: '', name: '', source: 'environment', keys: noKeys };

const anyUrl = /^[a-z0-9+]+:\/\//i;

/** All that is to be known of a new remote, asked under a title. */
export async function describeRemote(client: CoralClient, title: string, taken: readonly string[]): Promise<RemoteDraft | undefined> {
  return runSteps(await remoteSteps(client, title, taken), { ...emptyDraft, title });
}

/** @param taken names of the remotes there are */
async function remoteSteps(client: CoralClient, title: string, taken: readonly string[]): Promise<Step<RemoteDraft>[]> {
  const [gcs, azure] = await Promise.all([client.call('backendProblem', { backend: 'gcs' }), client.call('backendProblem', { backend: 'azure' })]);
  const refusals: Partial<Record<Provider, string>> = { ...(gcs !== undefined && { gcs }), ...(azure !== undefined && { azure }) };
  return [
    providerStep(refusals), locationStep(client, refusals), serverStep, regionStep, nameStep(taken), sourceStep, profileStep(client),
    ...keySteps(title).map((step) => within(step, (draft) => isBucket(draft) && draft.source === 'keys')),
  ];
}

const isBucket = ({ provider }: RemoteDraft): boolean => provider !== 'file';

function providerStep(refusals: Partial<Record<Provider, string>>): Step<RemoteDraft> {
  const item = (value: Provider, icon: string, label: string, detail: string): Choice<Provider> => (
    { value, icon, label, detail: firstSentence(refusals[value]) ?? detail, refusal: firstSentence(refusals[value]) });
  const items = [
    item('s3', 'cloud', 'Amazon S3', 'A bucket at Amazon Web Services'),
    item('minio', 'server', 'S3-compatible server', 'A bucket on MinIO, Ceph, Cloudflare R2, …'),
    item('file', 'folder', 'Folder', 'On this computer, a network drive or a disk of its own'),
    item('gcs', 'cloud', 'Google Cloud Storage', 'A bucket at Google Cloud'),
    item('azure', 'cloud', 'Azure Blob Storage', 'A container at Microsoft Azure'),
  ];
  return {
    async ask(draft, at) {
      const provider = await askChoice({ title: draft.title, at, placeholder: 'Where are the weights to be kept?', items, active: draft.provider });
      if (provider === undefined || provider === back) return provider;
      // What was said about another place does not hold for this one.
      return provider === draft.provider ? draft : { ...draft, provider, url: '', endpointUrl: undefined, hasOwnServer: undefined, region: undefined };
    },
  };
}

/** All that a row has room for. */
function firstSentence(text: string | undefined): string | undefined {
  return text === undefined ? undefined : /^.*?\.(?= |$)/.exec(text)?.[0] ?? text;
}

const locations: Record<Provider, { readonly prompt: string; readonly placeholder: string }> = {
  s3: { prompt: 'Bucket and folder in it', placeholder: 'my-bucket/models/' },
  minio: { prompt: 'Bucket and folder in it', placeholder: 'my-bucket/models/, or all at once: minio://host:9000/my-bucket/models/' },
  file: { prompt: 'Folder; it need not be there yet', placeholder: '/mnt/weights' },
  gcs: { prompt: 'Bucket and folder in it', placeholder: 'my-bucket/models/' },
  azure: { prompt: 'Container and folder in it', placeholder: 'my-container/models/' },
};

/** A whole URL is understood as well, whatever provider it is of. */
function locationStep(client: CoralClient, refusals: Partial<Record<Provider, string>>): Step<RemoteDraft> {
  return {
    async ask(draft, at) {
      const read = (text: string) => readLocation(client, draft, text);
      const text = await askText({
        title: draft.title, at, ...locations[draft.provider], value: shownLocation(draft), button: draft.provider === 'file' ? browse : undefined,
        problemOf: async (typed) => {
          if (typed === '') return 'Type where the weights are to be kept.';
          return read(typed).then(({ provider }) => refusals[provider], (error: unknown) => CoralError.from(error).message);
        },
      });
      return text === undefined || text === back ? text : read(text);
    },
  };
}

const browse = {
  icon: 'folder-opened', tooltip: 'Browse...',
  async run(): Promise<string | undefined> {
    const [folder] = await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false, openLabel: 'Choose', title: 'Folder of the Remote' }) ?? [];
    return folder?.fsPath;
  },
};

async function readLocation(client: CoralClient, draft: RemoteDraft, text: string): Promise<RemoteDraft> {
  const isUrl = anyUrl.test(text);
  const { backend, url, endpointUrl } = await client.call('readUrl', { url: isUrl ? text : urlOf(draft.provider, text) });
  // The server that was given for another text stays, except to a URL that names its own.
  const kept = draft.hasOwnServer ? undefined : draft.endpointUrl;
  const provider = backend === 's3' ? (endpointUrl !== undefined || draft.provider === 'minio' ? 'minio' : 's3') : backend as Provider;
  return { ...draft, provider, url, endpointUrl: endpointUrl ?? (provider === 'minio' ? kept : undefined), hasOwnServer: endpointUrl !== undefined };
}

function urlOf(provider: Provider, text: string): string {
  if (provider !== 'file') return `${provider === 'minio' ? 's3' : provider}://${text.replace(/^\/+/, '')}`;
  const path = text.replace(/^~(?=[/\\]|$)/, homedir());
  return `file://${process.platform === 'win32' ? path.replaceAll('\\', '/') : path}`;
}

function shownLocation({ url }: RemoteDraft): string {
  return url.replace(anyUrl, '');
}

const serverStep: Step<RemoteDraft> = {
  applies: ({ provider, hasOwnServer }) => provider === 'minio' && hasOwnServer !== true,
  async ask(draft, at) {
    const endpointUrl = await askText({ ...serverQuestion, title: draft.title, at, value: draft.endpointUrl });
    return endpointUrl === undefined || endpointUrl === back ? endpointUrl : { ...draft, endpointUrl };
  },
};

/** How to ask for the address of an S3 server, here and where a remote is edited. */
export const serverQuestion = {
  prompt: 'Address of the server', placeholder: 'http://localhost:9000',
  problemOf: (text: string) => (/^https?:\/\/[^\s/@]+[^\s@]*$/.test(text) ? undefined : 'An address looks like http://localhost:9000 or https://s3.example.com.'),
};

const regionStep: Step<RemoteDraft> = {
  applies: ({ provider }) => provider === 's3',
  async ask(draft, at) {
    const region = await askText({ ...regionQuestion, title: draft.title, at, value: draft.region });
    return region === undefined || region === back ? region : { ...draft, region: region || undefined };
  },
};

export const regionQuestion = {
  prompt: 'Region of the bucket; leave it empty for the one of your environment or AWS profile', placeholder: 'eu-central-1',
  problemOf: (text: string) => (/^[a-z0-9-]*$/.test(text) ? undefined : 'A region looks like eu-central-1.'),
};

function nameStep(taken: readonly string[]): Step<RemoteDraft> {
  return {
    async ask(draft, at) {
      const name = await askText({
        title: draft.title, at, prompt: 'Name of the remote', value: draft.name || suggestedName(draft, taken), problemOf: (text) => nameProblem(text, taken),
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
  applies: isBucket,
  async ask(draft, at) {
    const names = draft.provider === 'minio' ? ['MINIO_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'] : ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE'];
    const set = names.find((name) => process.env[name]);
    const items: Choice<Source>[] = [
      {
        value: 'environment', icon: 'terminal', label: 'Environment', ...(set !== undefined && { description: `${set} is set` }),
        detail: `${names.join(', ')} or the default AWS profile, as for other tools`,
      },
      { value: 'profile', icon: 'person', label: 'AWS profile', detail: 'A profile of your AWS configuration files' },
      { value: 'keys', icon: 'key', label: 'Access keys', detail: "Kept in VS Code's secret storage, never in a file of the repository" },
      { value: 'none', icon: 'globe', label: 'None', detail: 'A bucket that is open to all; mostly for reading only' },
    ];
    const source = await askChoice({ title: draft.title, at, placeholder: 'Where do the credentials come from?', items, active: draft.source });
    return source === undefined || source === back ? source : { ...draft, source };
  },
};

function profileStep(client: CoralClient): Step<RemoteDraft> {
  return {
    applies: (draft) => isBucket(draft) && draft.source === 'profile',
    async ask(draft, at) {
      const profiles = await client.call('profiles', {});
      const profile = profiles.length > 0
        ? await askChoice({ title: draft.title, at, placeholder: 'Which AWS profile?', items: profiles.map((value) => ({ value, label: value })), active: draft.profile })
        : await askText({ title: draft.title, at, prompt: 'Name of the AWS profile; no AWS configuration was found yet', problemOf: (text) => (text === '' ? 'Type a name.' : undefined) });
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
  return { root, name, url, region, endpointUrl, credentials: credentialsOf(draft) };
}

function credentialsOf({ provider, source, profile, keys }: Pick<RemoteDraft, 'provider' | 'source' | 'profile' | 'keys'>): CredentialsChoice | undefined {
  if (provider === 'file' || source === 'environment') return undefined;
  if (source === 'none') return { anonymous: true };
  if (source === 'profile') return profile === undefined ? undefined : { profile };
  const { sessionToken, ...pair } = keys;
  return { ...pair, ...(sessionToken === '' ? {} : { sessionToken }) };
}
