import * as vscode from 'vscode';
import { CoralError } from '../../core/errors';
import { checkRemoteName } from '../../core/validate';
import type { Credentials } from '../../core/remotes/credentials';
import type { NewRemote } from '../../worker/protocol/remotes';
import { signalOf } from '../progress';
import type { RepositoryModel } from '../repositoryModel';
import type { Services } from '../services';
import { askCredentials } from './askCredentials';
import { pickRepository } from './pickRemote';
import { hasText } from './target';

const title = 'Add Remote';

/** Asks name, URL and what else matters, tests the connection, then saves. `{ root, name, url }` leaves out the questions. */
export async function addRemote(services: Services, target?: unknown): Promise<void> {
  const repository = await pickRepository(services, target, 'Add a remote to which repository?');
  if (!repository) return;
  if (repository.remotesProblem) throw repository.remotesProblem;
  const remote = await describeRemote(services, repository, target);
  if (!remote) return;
  const tested = await testUntilSettled(services, remote);
  if (!tested) return;
  const { credentials, ...entry } = tested;
  await services.client.call('addRemote', entry);
  await services.consents.give(repository.root, entry);
  if (credentials) await services.vault.set(entry, credentials);
  await repository.refresh();
}

async function describeRemote({ client }: Services, repository: RepositoryModel, target: unknown): Promise<NewRemote | undefined> {
  const { root } = repository;
  const name = hasText(target, 'name') ? target.name : await askName(repository);
  if (name === undefined) return undefined;
  const typed = hasText(target, 'url') ? target.url : await askUrl({ client });
  if (typed === undefined) return undefined;
  const { backend, url, endpointUrl } = await client.call('readUrl', { url: typed.trim() });
  const known = { root, name: name.trim(), url, endpointUrl };
  if (backend !== 's3' || endpointUrl !== undefined || hasText(target, 'url')) return known;
  const server = await askServer();
  return server && { ...known, ...server };
}

async function askName({ remotes }: RepositoryModel): Promise<string | undefined> {
  const taken = remotes.map((remote) => remote.name);
  return vscode.window.showInputBox({
    title, prompt: 'Name of the remote', value: taken.includes('origin') ? '' : 'origin', ignoreFocusOut: true,
    validateInput: (text) => (taken.includes(text.trim()) ? `There is a remote ${text.trim()} already.` : problemOf(() => checkRemoteName(text.trim()))),
  });
}

async function askUrl({ client }: Pick<Services, 'client'>): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title, prompt: 'Where its weights lie', placeHolder: 's3://bucket/prefix/, minio://host:9000/bucket/prefix/ or file:///folder', ignoreFocusOut: true,
    validateInput: async (text) => {
      if (text.trim() === '') return 'Type a URL like s3://bucket/prefix/ or file:///mnt/models.';
      return client.call('readUrl', { url: text.trim() }).then(() => undefined, (error: unknown) => CoralError.from(error).message);
    },
  });
}

/** Only an s3:// URL leaves open which server is meant. */
async function askServer(): Promise<Pick<NewRemote, 'region' | 'endpointUrl'> | undefined> {
  const amazon = { label: '$(cloud) Amazon S3' };
  const other = { label: '$(server) Another S3 server', description: 'MinIO, Ceph, R2, …' };
  const picked = await vscode.window.showQuickPick([amazon, other], { title, placeHolder: 'Which server holds the bucket?', ignoreFocusOut: true });
  if (picked === amazon) {
    const prompt = 'Region of the bucket; leave it empty for the one of your AWS profile';
    const region = await vscode.window.showInputBox({ title, prompt, placeHolder: 'eu-central-1', ignoreFocusOut: true });
    return region === undefined ? undefined : { region: region.trim() || undefined };
  }
  if (picked !== other) return undefined;
  const endpointUrl = await vscode.window.showInputBox({
    title, prompt: 'Address of the server', placeHolder: 'http://localhost:9000', ignoreFocusOut: true,
    validateInput: (text) => (/^https?:\/\/[^\s/@]+/.test(text.trim()) ? undefined : 'An address looks like http://localhost:9000.'),
  });
  return endpointUrl === undefined ? undefined : { endpointUrl: endpointUrl.trim() };
}

/** Tests the connection until it works or the person decides otherwise; undefined when they give up. */
async function testUntilSettled(services: Services, remote: NewRemote): Promise<NewRemote | undefined> {
  const problem = await test(services, remote);
  if (problem === undefined) return remote;
  const retry = { label: '$(refresh) Try Again' };
  const authenticate = { label: '$(key) Set Credentials…' };
  const anyway = { label: '$(add) Add Anyway' };
  const choices = [retry, ...(remote.url.startsWith('file:') ? [] : [authenticate]), anyway];
  const picked = await vscode.window.showQuickPick(choices, { title: problem, placeHolder: `${remote.name} is not saved yet`, ignoreFocusOut: true });
  if (picked === anyway) return remote;
  if (picked === retry) return testUntilSettled(services, remote);
  if (picked !== authenticate) return undefined;
  const credentials: Credentials | undefined = await askCredentials(remote.name);
  return testUntilSettled(services, credentials ? { ...remote, credentials } : remote);
}

/** What keeps the remote from being used, if anything does. A folder that does not exist yet is made by the first push. */
async function test({ client }: Services, remote: NewRemote): Promise<string | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title: `Testing ${remote.url}`, cancellable: true };
  const check = await vscode.window.withProgress(options, (_, token) => client.call('testRemote', remote, { signal: signalOf(token) }));
  if (check.error) return check.error.message;
  return check.exists || remote.url.startsWith('file:') ? undefined : `${remote.url} does not exist yet. The first push will offer to create it.`;
}

function problemOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return CoralError.from(error).message;
  }
}
