import { arch, platform, release } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { formatTime } from '../../text/format';
import type { RepositorySnapshot } from '../../worker/protocol/repository';
import type { Command, Manifest } from '../command';
import type { RemoteModel } from '../model/remoteModel';
import type { RepositoryModel } from '../model/repositoryModel';
import { copyLines, mention } from '../ui/say';
import { spokenState } from '../wording/statusText';

/**
 * Puts on the clipboard what a bug report needs: versions, settings, and the state of repositories and remotes; no credentials, no
 * weights.
 */
export const copyDiagnostics: Command = {
  id: 'coral.copyDiagnostics',
  async run({ manifest, model, client }) {
    await copyLines([
      ...versions(manifest, client.isRunning), '',
      '## Settings', '', ...settings(manifest), '',
      ...model.repositories.flatMap((repository) => [...about(repository), '']),
    ]);
    mention('Diagnostics copied. Look them through before you share them.');
  },
};

function versions({ version }: Manifest, isWorkerRunning: boolean): string[] {
  const { appHost, remoteName } = vscode.env;
  return [
    '# Coral for VS Code', '',
    `- Coral ${version}, VS Code ${vscode.version} (${[appHost, remoteName].filter(Boolean).join(', ')})`,
    `- Node ${process.versions.node} on ${platform()} ${release()} ${arch()}`,
    `- workspace ${vscode.workspace.isTrusted ? 'trusted' : 'not trusted'}, worker ${isWorkerRunning ? 'running' : 'not running'}`,
  ];
}

/** Those that differ from their default. */
function settings({ contributes }: Manifest): string[] {
  const current = vscode.workspace.getConfiguration();
  const changed = Object.entries(contributes.configuration.properties)
    .map(([key, property]) => ({ key, value: current.get(key), standard: property.default }))
    .filter(({ value, standard }) => !isDeepStrictEqual(value, standard));
  return changed.length > 0 ? changed.map(({ key, value }) => `- ${key}: ${JSON.stringify(value)}`) : ['all at their defaults'];
}

function about({ name, snapshot, error, remotes }: RepositoryModel): string[] {
  const problems = [...(error ? [error] : []), ...(snapshot?.problems ?? [])];
  return [
    `## Repository ${name}`, '',
    ...(snapshot ? [outline(snapshot)] : []),
    ...problems.map(({ reason, message }) => `- problem (${reason}): ${message}`),
    ...remotes.map(aboutRemote),
  ];
}

function outline({ branch = 'none (detached HEAD)', commits, weights, staged }: RepositorySnapshot): string {
  return `- branch ${branch}, ${commits} commits, ${weights} weights, ${staged} staged`;
}

function aboutRemote({ name, summary, status, error }: RemoteModel): string {
  const { backend, url, endpointUrl, region } = summary;
  const place = [backend, url, endpointUrl, region].filter(Boolean).join(', ');
  const state = status
    ? `${spokenState(status)}, ${status.synced} shared, checked ${formatTime(status.checkedAt, Date.now())}`
    : 'not checked';
  return `- remote ${name} (${place}): ${state}${error ? `; problem (${error.reason}): ${error.message}` : ''}`;
}
