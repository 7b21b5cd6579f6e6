import { CoralError } from '../errors';
import { readTextFile } from '../storage/jsonFile';
import { checkRemoteName } from '../validate';
import { Remote } from './remote';
import type { RemoteConfig } from './remoteConfig';
import type { RemoteOptions } from './remoteStore';
import { editRemotesFile, parseRemotes, type RemotesContent, type RemotesEdit, type RemotesFileShape, withoutRemote, withRemote, withRenamedRemote } from './remotesFile';

export interface RemoteManagerOptions {
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
    return new RemoteManager(path, shape, parseRemotes(await readTextFile(path), path));
  }

  /** All names, also of remotes with problems. */
  list(): string[] {
    return [...this.#content.names];
  }

  /** undefined when there is no such remote, or when its entry makes no sense at all (see `problems`). */
  config(name: string): RemoteConfig | undefined {
    return this.#content.configs.get(name);
  }

  /** What is wrong in the file, remote by remote, with lines. */
  get problems(): readonly CoralError[] {
    return this.#content.problems;
  }

  async add(config: RemoteConfig): Promise<void> {
    config.check();
    await this.#edit((data, content) => {
      refuseTaken(content, config.name);
      return withRemote(data, config, this.#shape);
    });
  }

  /** Whether there was such a remote. Nothing on the remote itself is touched. */
  async remove(name: string): Promise<boolean> {
    let found = false;
    await this.#edit((data, content) => {
      found = content.names.includes(name);
      return found && data !== undefined ? withoutRemote(data, name) : undefined;
    });
    return found;
  }

  async rename(from: string, to: string): Promise<void> {
    checkRemoteName(to);
    await this.#edit((data, content) => {
      if (data === undefined || !content.names.includes(from)) throw new CoralError('missing', `There is no remote "${from}".`, { remote: from });
      if (from === to) return undefined;
      refuseTaken(content, to);
      return withRenamedRemote(data, from, to);
    });
  }

  /** The remote, ready to be asked; undefined when there is none of this name. Close it after use. */
  async get(name: string, options?: RemoteOptions): Promise<Remote | undefined> {
    const config = this.config(name);
    if (config !== undefined) return Remote.fromConfig(config, options);
    const problem = this.problems.find(({ remote }) => remote === name);
    if (problem !== undefined) throw problem;
    return undefined;
  }

  async #edit(edit: (data: Parameters<RemotesEdit>[0], content: RemotesContent) => ReturnType<RemotesEdit>): Promise<void> {
    await editRemotesFile(this.path, (data) => edit(data, parseRemotes(data === undefined ? undefined : JSON.stringify(data), this.path)));
    this.#content = parseRemotes(await readTextFile(this.path), this.path);
  }
}

function refuseTaken(content: RemotesContent, name: string): void {
  if (content.names.includes(name)) {
    throw new CoralError('invalid', `There is a remote "${name}" already. Choose another name, or remove that one first.`, { remote: name });
  }
}
