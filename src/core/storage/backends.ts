import type { Backend } from './backend';
import { fileBackend } from './hdf5/fileBackend';
import { azureBackend } from './objects/azure/azureBackend';
import { gcsBackend } from './objects/gcs/gcsBackend';
import { s3Backend } from './objects/s3/s3Backend';

/** In the order in which they are offered. */
export const backends: readonly Backend[] = [s3Backend, fileBackend, gcsBackend, azureBackend];

export function backendNamed(name: string, known = backends): Backend | undefined {
  return known.find((backend) => backend.name === name);
}

/** The one that a URL's scheme stands for; undefined for other schemes, and those that bring a server along. */
export function backendOf(url: string): Backend | undefined {
  return backendNamed(schemeOf(url) ?? '');
}

/** The one whose URLs of this scheme bring their server along. */
export function backendWithServer(url: string): Backend | undefined {
  const scheme = schemeOf(url);
  return backends.find(({ serverScheme }) => serverScheme !== undefined && serverScheme === scheme);
}

/** Why this version cannot use a backend; undefined where it can. */
export function refusalOf(backend: Backend): string | undefined {
  if (isUsable(backend)) return undefined;
  return `Coral for VS Code cannot reach ${backend.label} yet. Use an ${schemesOf(backends.filter(isUsable))} remote.`;
}

function isUsable({ kind, open }: Backend): boolean {
  return kind === 'folder' || open !== undefined;
}

/** "s3://, minio:// or file://" */
export function schemesOf(some: readonly Backend[] = backends): string {
  const schemes = some.flatMap(({ name, serverScheme }) => (serverScheme === undefined ? [name] : [name, serverScheme]));
  return inWords(schemes.map((scheme) => `${scheme}://`), 'or');
}

/** "s3, file, gcs and azure" */
export function backendNames(): string {
  return inWords(backends.map(({ name }) => name), 'and');
}

function inWords(words: readonly string[], conjunction: 'and' | 'or'): string {
  return [words.slice(0, -1).join(', '), ...words.slice(-1)].join(` ${conjunction} `);
}

function schemeOf(url: string): string | undefined {
  return /^([a-z0-9]+):\/\//.exec(url)?.[1];
}
