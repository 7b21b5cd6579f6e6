import { type Conflict, CoralError } from '../base/errors';
import { connectedEndpoint } from '../storage/backend';
import { backendNamed } from '../storage/backends';
import type { CredentialsChoice, Environment } from '../storage/credentials';
import { describeSource } from './findCredentials';
import type { RemoteConfig } from './remoteConfig';
import { parseRemoteUrl, withFinalSlash } from './remoteUrl';

/** What the user agreed to contact; anything else is refused. */
export interface Agreed {
  readonly url: string;
  /** of the server, even if only the environment names it; null or absent: the backend's own */
  readonly endpointUrl?: string | null | undefined;
  /** as remotes.json has it; null or absent: none */
  readonly region?: string | null | undefined;
  /** see `describeSource`; any when absent */
  readonly credentialsSource?: string | undefined;
  /** the real path of the repository's folder, where that is a link; any when absent */
  readonly realRoot?: string | undefined;
  /** folders and files outside of the repository that links in its `.coral` may lead to */
  readonly realPaths?: readonly string[] | undefined;
}

/** The place that an entry of remotes.json leads to on this machine. Plain data. */
export interface Place {
  readonly url: string;
  readonly endpointUrl?: string | undefined;
  readonly region?: string | undefined;
  readonly credentialsSource: string;
  /** the server that would be contacted, "minio.example.com:9000"; undefined for a local folder and for an unusable entry */
  readonly host?: string | undefined;
}

/** Works this out without contacting anybody. */
export function placeOf(
  config: RemoteConfig, given: CredentialsChoice | undefined, environment: Environment, platform = process.platform,
): Place {
  const { url, region } = config;
  const credentialsSource = describeSource(config, given, environment);
  const endpointUrl = connectedEndpoint(backendNamed(config.backend) ?? {}, config.endpointUrl, environment);
  return { url, endpointUrl, region, credentialsSource, host: hostOf(config, endpointUrl, platform) };
}

/** Throws "conflict" when the entry leads elsewhere than the user agreed to. */
export function checkAgreed(config: RemoteConfig, agreed: Agreed, given: CredentialsChoice | undefined): void {
  const place = placeOf(config, given, process.env);
  const isSame = withFinalSlash(place.url) === withFinalSlash(agreed.url) && spelled(place.endpointUrl) === spelled(agreed.endpointUrl)
    && (place.region ?? '') === (agreed.region ?? '');
  if (!isSame) throw changed(config.name, 'place', `now points to ${textOf(place)}; you agreed to ${textOf(agreed)}`);
  if (agreed.credentialsSource !== undefined && agreed.credentialsSource !== place.credentialsSource) {
    const how = `would now use credentials from ${place.credentialsSource}; you agreed to ${agreed.credentialsSource}`;
    throw changed(config.name, 'credentials', how);
  }
}

function changed(remote: string, conflict: Conflict, how: string): CoralError {
  return new CoralError('conflict', `${remote} ${how}. Nothing was sent. Connect it again in the Remotes view.`, { remote, conflict });
}

function textOf({ url, endpointUrl, region }: Pick<Agreed, 'url' | 'endpointUrl' | 'region'>): string {
  return `${url}${endpointUrl ? ` at ${endpointUrl}` : ''}${region ? ` in ${region}` : ''}`;
}

/** "HTTP://Host:9000" and "http://host:9000/" are one endpoint. */
function spelled(endpoint: string | null | undefined): string {
  return endpoint && URL.canParse(endpoint) ? new URL(endpoint).href : endpoint ?? '';
}

function hostOf(config: RemoteConfig, endpointUrl: string | undefined, platform: NodeJS.Platform): string | undefined {
  try {
    config.check(platform);
    const location = parseRemoteUrl(config.url, config.backend, platform);
    if (location.kind === 'folder') return location.host;
    const backend = backendNamed(location.backend);
    // Other backends are refused before anything is sent; see `connect`.
    if (backend?.open === undefined) return undefined;
    return endpointUrl === undefined ? backend.label : new URL(endpointUrl).host;
  } catch {
    return undefined;
  }
}
