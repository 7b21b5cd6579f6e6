import { CoralError } from '../base/errors';
import { readTextFile } from '../base/files';
import { checkRemoteName } from '../base/validate';
import { Remote } from './remote';
import { RemoteConfig } from '../remotes/remoteConfig';
import { backendWithServer } from '../storage/backends';
import { withFinalSlash } from '../remotes/remoteUrl';
import type { RemoteOptions } from '../remotes/remoteStore';
import {
  editRemotesFile, maxRemotesBytes, parseRemotes, type RemotesContent, type RemotesEdit, type RemotesFileShape, type RemoteChanges,
  withEditedRemote, withoutKeys, withoutRemote, withRemote, withRenamedRemote,
} from '../remotes/remotesFile';

interface RemoteManagerOptions {
  /** shape of a file that does not exist yet; "nested", the documented one, when absent */
  readonly shape?: RemotesFileShape | undefined;
}

/** The remotes of a repository: its remotes.json. */
export class RemoteManager {
  readonly path: string;
  readonly #shape: RemotesFileShape;
  #content: RemotesContent;

  private constructor(path: string, shape: RemotesFileShape, content: RemotesContent) {
    this.path = path;
    this.#shape = shape;
    this.#content = content;
  }

  /** Reads the file; one that does not exist holds no remotes. Reason "invalid", with the line, when it is no JSON object. */
  static async open(path: string, { shape = 'nested' }: RemoteManagerOptions = {}): Promise<RemoteManager> {
    return new RemoteManager(path, shape, parseRemotes(await readTextFile(path, maxRemotesBytes), path));
  }

  /** All names, also of remotes with problems. */
  list(): string[] {
    return [...this.#content.names];
  }

  /** undefined when there is no such remote, or its entry is unusable (see `problems`). */
  config(name: string): RemoteConfig | undefined {
    return this.#content.configs.get(name);
  }

  /** The same; throws what is wrong with the entry, or "missing" when there is none. */
  known(name: string): RemoteConfig {
    const config = this.config(name);
    if (config !== undefined) return config;
    throw this.problems.find(({ remote }) => remote === name) ?? noRemote(name, this.#content.names);
  }

  /** What is wrong in the file, remote by remote, with lines. */
  get problems(): readonly CoralError[] {
    return this.#content.problems;
  }

  async add(config: RemoteConfig): Promise<void> {
    config.check();
    await this.#edit((text, content) => {
      refuseTaken(content, config.name);
      return withRemote(text, config, this.#shape);
    });
  }

  /** Whether there was such a remote. Nothing on the remote itself is touched. */
  async remove(name: string): Promise<boolean> {
    let found = false;
    await this.#edit((text, content) => {
      found = content.names.includes(name);
      return found && text !== undefined ? withoutRemote(text, name) : undefined;
    });
    return found;
  }

  /**
   * Changes the given fields and keeps everything else. Access keys in the entry belong to the server and bucket they were
   * written for: reason "conflict" rather than sending them to another.
   */
  async edit(name: string, changes: RemoteChanges): Promise<void> {
    await this.#edit((text, content) => {
      const config = content.configs.get(name);
      if (text === undefined || config === undefined) {
        throw content.problems.find(({ remote }) => remote === name) ?? noRemote(name, content.names);
      }
      const edited = editedConfig(config, changes);
      const holdsKeys = config.accessKey !== undefined || config.secretKey !== undefined;
      if (holdsKeys && originOf(edited) !== originOf(config)) {
        const what = `The entry of "${name}" holds keys for ${originOf(config)}`;
        throw new CoralError(
          'conflict', `${what}. Take them out of ${this.path} before it is pointed elsewhere.`, { remote: name, path: this.path });
      }
      return withEditedRemote(text, edited);
    });
  }

  async rename(from: string, to: string): Promise<void> {
    checkRemoteName(to);
    await this.#edit((text, content) => {
      if (text === undefined || !content.names.includes(from)) throw noRemote(from, content.names);
      if (from === to) return undefined;
      refuseTaken(content, to);
      return withRenamedRemote(text, from, to);
    });
  }

  /**
   * Removes the access keys from a remote's entry, if they are still these, else reason "conflict"; every other byte of the file
   * stays.
   */
  async forgetKeys(name: string, { accessKey, secretKey }: Pick<RemoteConfig, 'accessKey' | 'secretKey'>): Promise<void> {
    await this.#edit((text, content) => {
      const config = content.configs.get(name);
      if (text === undefined || config?.accessKey !== accessKey || config?.secretKey !== secretKey) {
        throw new CoralError('conflict', `The keys of "${name}" in ${this.path} have changed meanwhile. Try again.`, { remote: name });
      }
      return withoutKeys(text, name);
    });
  }

  /** The remote, ready to be asked; undefined when there is none of this name. Close it after use. */
  async get(name: string, options?: RemoteOptions): Promise<Remote | undefined> {
    return this.#content.names.includes(name) ? Remote.fromConfig(this.known(name), options) : undefined;
  }

  async #edit(edit: RemotesEdit): Promise<void> {
    await editRemotesFile(this.path, edit);
    this.#content = parseRemotes(await readTextFile(this.path, maxRemotesBytes), this.path);
  }
}

/** The edited entry, checked, with the endpoint that its URL implies. */
function editedConfig(config: RemoteConfig, { url = config.url, ...changes }: RemoteChanges): RemoteConfig {
  const pick = <T>(change: T | null | undefined, now: T | undefined): T | undefined => (change === undefined ? now : change ?? undefined);
  const { name, accessKey, secretKey } = config;
  const endpointUrl = pick(changes.endpointUrl, backendWithServer(url) === undefined ? config.endpointUrl : undefined);
  return RemoteConfig.fromUrl(name, withSlash(url, config.url), {
    region: pick(changes.region, config.region), endpointUrl,
    autoPush: changes.autoPush ?? config.autoPush, autoPull: changes.autoPull ?? config.autoPull, accessKey, secretKey,
  });
}

/** An unchanged URL is kept letter by letter: its weights may be reachable only in that form. */
function withSlash(url: string, former: string): string {
  return url === former ? url : withFinalSlash(url);
}

/** Who would receive access keys: the server and the bucket. */
function originOf({ url, endpointUrl }: RemoteConfig): string {
  const bucket = /^[^:]+:\/\/[^/]*/.exec(url)?.[0] ?? url;
  return endpointUrl === undefined ? bucket : `${bucket} at ${endpointUrl}`;
}

const maxNamed = 10;

function noRemote(name: string, names: readonly string[]): CoralError {
  const more = names.length > maxNamed ? ` and ${names.length - maxNamed} more` : '';
  const known = names.length === 0 ? 'It has none yet: add one first.' : `It has ${names.slice(0, maxNamed).join(', ')}${more}.`;
  return new CoralError('missing', `There is no remote "${name}" in this repository. ${known}`, { remote: name });
}

function refuseTaken(content: RemotesContent, name: string): void {
  if (content.names.includes(name)) {
    throw new CoralError(
      'invalid', `There is a remote "${name}" already. Choose another name, or remove that one first.`, { remote: name });
  }
}
