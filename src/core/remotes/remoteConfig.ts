import { CoralError } from '../base/errors';
import { isObject } from '../base/json';
import { checkRemoteName } from '../base/validate';
import { backendOf, schemesOf } from '../storage/backends';
import { checkEndpoint, checkUrlText, parseRemoteUrl, type RemoteLocation, withoutServer } from './remoteUrl';

export interface RemoteFields {
  readonly name: string;
  readonly url: string;
  /** the name of a `Backend`; by the URL's scheme when absent */
  readonly backend?: string | undefined;
  readonly region?: string | undefined;
  /** of an S3-compatible server: "http://localhost:9000" */
  readonly endpointUrl?: string | undefined;
  readonly autoPush?: boolean | undefined;
  readonly autoPull?: boolean | undefined;
  readonly accessKey?: string | undefined;
  readonly secretKey?: string | undefined;
}

/** One remote as remotes.json holds it, in the documented shape. */
export interface RemoteConfigJSON {
  readonly name: string;
  readonly url: string;
  readonly backend: string;
  readonly region: string | null;
  readonly endpoint_url: string | null;
  readonly auto_push: boolean;
  readonly auto_pull: boolean;
}

/** One entry of .coral/remotes.json. The URL is parsed only by `location`, so that a broken entry can still be shown. */
export class RemoteConfig {
  readonly name: string;
  readonly url: string;
  readonly backend: string;
  readonly region: string | undefined;
  readonly endpointUrl: string | undefined;
  readonly autoPush: boolean;
  readonly autoPull: boolean;
  /** In memory only, as are all secrets: `toJSON` leaves them out. */
  readonly accessKey: string | undefined;
  readonly secretKey: string | undefined;

  constructor(fields: RemoteFields) {
    this.name = fields.name;
    this.url = fields.url;
    this.backend = fields.backend ?? backendOf(fields.url)?.name ?? 's3';
    this.region = fields.region;
    this.endpointUrl = fields.endpointUrl;
    this.autoPush = fields.autoPush ?? false;
    this.autoPull = fields.autoPull ?? false;
    this.accessKey = fields.accessKey;
    this.secretKey = fields.secretKey;
  }

  /**
   * From s3://BUCKET/PREFIX, gcs://..., azure://..., file:///FOLDER or minio://HOST:PORT/BUCKET/PREFIX; reason "invalid" otherwise.
   * An endpoint among the other fields wins over the one in a minio:// URL.
   */
  static fromUrl(name: string, url: string, fields: Partial<Omit<RemoteFields, 'name' | 'url' | 'backend'>> = {}): RemoteConfig {
    checkUrlText(url);
    const expanded = withoutServer(url) ?? { url, endpointUrl: undefined };
    const backend = backendOf(expanded.url)?.name;
    if (backend === undefined) {
      throw new CoralError('invalid', `Unsupported remote URL: ${url}. Use ${schemesOf()}.`);
    }
    const endpointUrl = fields.endpointUrl ?? expanded.endpointUrl;
    const config = new RemoteConfig({ ...fields, name, url: expanded.url, backend, endpointUrl });
    config.check();
    return config;
  }

  /** From an entry of remotes.json, flat or nested; `name` is its key. Unknown keys are ignored. */
  static fromJSON(name: string, data: unknown): RemoteConfig {
    if (!isObject(data)) throw new CoralError('invalid', `the remote "${name}" must be a JSON object with a "url"`);
    const text = (key: string): string | undefined => optional(name, data, key, 'string');
    const flag = (key: string): boolean | undefined => optional(name, data, key, 'boolean');
    const url = text('url');
    if (url === undefined || url === '') {
      throw new CoralError('invalid', `the remote "${name}" has no "url". Add one, such as "url": "s3://BUCKET/PREFIX/"`);
    }
    return new RemoteConfig({
      name, url, backend: text('backend'), region: text('region'), endpointUrl: text('endpoint_url'),
      autoPush: flag('auto_push'), autoPull: flag('auto_pull'), accessKey: text('access_key'), secretKey: text('secret_key'),
    });
  }

  /** Where the URL leads; reason "invalid" or "unsupported" when that is unclear. */
  get location(): RemoteLocation {
    return parseRemoteUrl(this.url, this.backend);
  }

  /** Throws what is wrong with the name, the URL or the endpoint. */
  check(platform = process.platform): void {
    checkRemoteName(this.name);
    parseRemoteUrl(this.url, this.backend, platform);
    if (this.endpointUrl !== undefined) checkEndpoint(this.endpointUrl);
  }

  toJSON(): RemoteConfigJSON {
    return {
      name: this.name, url: this.url, backend: this.backend, region: this.region ?? null,
      endpoint_url: this.endpointUrl ?? null, auto_push: this.autoPush, auto_pull: this.autoPull,
    };
  }
}

interface Kinds { string: string; boolean: boolean }
const howToWrite: Readonly<Record<keyof Kinds, string>> = {
  string: 'Write it in double quotes', boolean: 'Write true or false, without quotes',
};

/** The value under a key; undefined for none, null and "". */
function optional<K extends keyof Kinds>(
  name: string, data: Readonly<Record<string, unknown>>, key: string, kind: K,
): Kinds[K] | undefined {
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== kind) throw new CoralError('invalid', `"${key}" of the remote "${name}" must be a ${kind}. ${howToWrite[kind]}`);
  return value as Kinds[K];
}
