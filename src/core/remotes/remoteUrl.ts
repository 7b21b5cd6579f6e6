import { posix, win32 } from 'node:path';
import { CoralError } from '../base/errors';
import { backendNamed, backendNames, backendOf, backendWithServer } from '../storage/backends';

/** Where a remote's URL points. */
export type RemoteLocation =
  | {
    readonly kind: 'folder';
    readonly folder: string;
    /** the server of a network share, to which Windows would send the user's login */
    readonly host?: string;
  }
  | {
    readonly kind: 'bucket';
    /** the name of a `Backend` */
    readonly backend: string;
    readonly bucket: string;
    /** Key prefixes, the preferred one first; a second one is what other versions of Coral take the URL for. */
    readonly prefixes: readonly [string, ...string[]];
  };

/**
 * Splits minio://HOST[:PORT]/BUCKET[/PREFIX] into the s3 URL and the endpoint that Coral stores for it; undefined for URLs that
 * name no server.
 */
export function withoutServer(url: string): { readonly url: string; readonly endpointUrl: string } | undefined {
  const { name, serverScheme } = backendWithServer(url) ?? {};
  if (name === undefined || serverScheme === undefined) return undefined;
  const [, host, path] = /^\w+:\/\/([^/]+)\/(.*)$/s.exec(url) ?? [];
  if (host === undefined || path === undefined) throw invalid(url, `write it as ${serverScheme}://HOST:PORT/BUCKET/PREFIX`);
  return { url: `${name}://${path}`, endpointUrl: `http://${host}` };
}

/** Parses a remote's URL. Reason "invalid" for anything that could lead elsewhere than it seems to. */
export function parseRemoteUrl(url: string, backend: string, platform: NodeJS.Platform = process.platform): RemoteLocation {
  checkUrlText(url);
  const known = backendNamed(backend);
  if (known === undefined) {
    throw new CoralError('unsupported', `Unsupported backend "${backend}": Coral for VS Code knows ${backendNames()}.`);
  }
  if (known.kind === 'folder') {
    const folder = folderOf(url, platform);
    const host = shareHost(folder);
    return { kind: 'folder', folder, ...(host !== undefined && { host }) };
  }
  const rest = url.startsWith(`${backend}://`) ? url.slice(backend.length + 3) : undefined;
  if (rest === undefined) throw invalid(url, `a remote of backend "${backend}" needs a URL like ${backend}://BUCKET/PREFIX`);
  const slash = rest.indexOf('/');
  const bucket = slash === -1 ? rest : rest.slice(0, slash);
  if (bucket === '') throw invalid(url, 'the name of the bucket is missing');
  if (!/^[A-Za-z0-9$][A-Za-z0-9._-]{0,254}$/.test(bucket)) throw invalid(url, `"${bucket}" is no name for a bucket`);
  return { kind: 'bucket', backend, bucket, prefixes: prefixesOf(slash === -1 ? undefined : rest.slice(slash + 1)) };
}

/** Throws for control characters, plain or encoded, and for credentials in the URL. */
export function checkUrlText(url: string): void {
  if (/[\u0000-\u001f\u007f]|%[01][0-9a-f]|%7f/i.test(url)) throw invalid(url, 'it contains control characters');
  if (backendOf(url)?.kind !== 'folder' && /^[a-z0-9+]+:\/\/[^/]*@/i.test(url)) {
    throw invalid(url, 'leave the credentials out of it; set them in the environment or when you are asked for them');
  }
}

/**
 * The URL, its prefix in a bucket ending with a slash, so that all versions of Coral read it alike. A bare bucket or a folder
 * stays as it is.
 */
export function withFinalSlash(url: string): string {
  const isServer = backendWithServer(url) !== undefined;
  if (!isServer && backendOf(url)?.kind !== 'bucket') return url;
  return (isServer ? /^\w+:\/\/[^/]+\/[^/]+\/.*[^/]$/ : /^\w+:\/\/[^/]+\/.*[^/]$/).test(url) ? `${url}/` : url;
}

/** Throws unless the endpoint is an http or https URL without credentials. */
export function checkEndpoint(endpoint: string): void {
  checkUrlText(endpoint);
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw invalid(endpoint, 'an endpoint looks like http://HOST:PORT');
}

/**
 * Coral 1.1.0 takes the text after "file://" as it stands: nothing is decoded, and a host would become a relative path.
 * On Windows both file:///C:/models and file://C:/models mean C:/models.
 */
function folderOf(url: string, platform: NodeJS.Platform): string {
  const path = url.startsWith('file://') ? url.slice('file://'.length) : url;
  const folder = platform === 'win32' ? path.replace(/^\/(?=[A-Za-z]:)/, '') : path;
  if (folder.split(/[\\/]/).includes('..')) throw invalid(url, 'write the folder without ".."');
  if (/^[\\/]{2,}[.?]([\\/]|$)/.test(folder)) throw invalid(url, 'write the folder without "\\\\?\\" or "\\\\.\\"');
  if ((platform === 'win32' ? win32 : posix).isAbsolute(folder)) return folder;
  if (folder === '') throw invalid(url, 'the folder is missing');
  throw invalid(url, 'the folder must be a full path, as in file:///mnt/models; a host cannot be given');
}

/** "nas" of "//nas/models" and "\\\\nas\\models". Only Windows reads these as a host, but the folder may be opened there next. */
function shareHost(folder: string): string | undefined {
  return /^[\\/]{2,}([^\\/]+)/.exec(folder)?.[1];
}

function prefixesOf(path: string | undefined): readonly [string, ...string[]] {
  if (path === undefined) return ['coral/'];
  if (path === '') return ['', '/'];
  return path.endsWith('/') ? [path] : [`${path}/`, path];
}

function invalid(url: string, why: string): CoralError {
  return new CoralError('invalid', `${url} cannot be used as a remote: ${why}.`);
}
