import * as vscode from 'vscode';
import type { Place } from '../../core/remotes/agreed';
import type { Consent } from '../../worker/protocol/status';

/** A remote of a repository, as remotes.json has it now. */
export interface RemotePlace {
  /** real path of the repository's folder: whoever switches a link to another one is asked again */
  readonly realRoot: string;
  readonly name: string;
  readonly place: Place;
}

type Given = Pick<Place, 'url' | 'endpointUrl' | 'region'> & Pick<RemotePlace, 'realRoot' | 'name'> & {
  /** the person has pushed there from here, or named the place */
  readonly writes: boolean;
};

const remotesKey = 'coral.consents';
const linksKey = 'coral.linkConsents';

/**
 * What this person agreed to. A remote comes with the folder, and opening a folder must not be enough to send requests, signed
 * with this person's keys, to wherever its remotes.json says, or to write where a link in it leads. Consent is kept outside the
 * workspace, for one folder, remote, URL, endpoint and region; when any of them changes it is asked for again. A folder of this
 * machine may be looked at without.
 */
export class Consents {
  readonly #state: vscode.Memento;
  readonly #changes = new vscode.EventEmitter<void>();

  readonly onDidChange = this.#changes.event;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  mayContact(remote: RemotePlace): boolean {
    const { host } = remote.place;
    return host === undefined || isAlwaysAllowed(host) || this.isGiven(remote);
  }

  /** Whether the person was asked about this very place, and agreed. */
  isGiven(remote: RemotePlace): boolean {
    return this.#find(remote) !== undefined;
  }

  /** Whether what runs by itself may push there. */
  mayPushByItself(remote: RemotePlace): boolean {
    return this.#find(remote)?.writes === true;
  }

  /**
   * What goes with each request to the worker.
   * @param hasCredentials whether credentials go along: of others, it matters where they are found
   */
  agreedTo({ realRoot, place: { url, endpointUrl, region, credentialsSource } }: RemotePlace, hasCredentials: boolean): Consent {
    const realPaths = this.realPaths()[realRoot];
    const agreed = { url, endpointUrl, region, realRoot, realPaths, ...(!hasCredentials && { credentialsSource }) };
    // The one place that makes a `Consent`: nobody else can put its brand on what the person has not agreed to.
    return agreed as typeof agreed & Consent;
  }

  async give(remote: RemotePlace, { writes = false } = {}): Promise<void> {
    const found = this.#find(remote);
    if (found && (found.writes || !writes)) return;
    const { realRoot, name, place: { url, endpointUrl, region } } = remote;
    const others = this.#given().filter((given) => given !== found);
    await this.#state.update(remotesKey, [...others, { realRoot, name, url, endpointUrl, region, writes }]);
    this.#changes.fire();
  }

  /** By the real path of a repository's folder, where links in its `.coral` may lead. */
  realPaths(): Readonly<Record<string, readonly string[]>> {
    return this.#state.get<Readonly<Record<string, readonly string[]>>>(linksKey, {});
  }

  async giveRealPath(realRoot: string, realPath: string): Promise<void> {
    const all = this.realPaths();
    await this.#state.update(linksKey, { ...all, [realRoot]: [...new Set([...all[realRoot] ?? [], realPath])] });
    this.#changes.fire();
  }

  dispose(): void {
    this.#changes.dispose();
  }

  #find({ realRoot, name, place: { url, endpointUrl, region } }: RemotePlace): Given | undefined {
    return this.#given().find((given) => given.realRoot === realRoot && given.name === name
      && given.url === url && given.endpointUrl === endpointUrl && given.region === region);
  }

  #given(): readonly Given[] {
    return this.#state.get<readonly Given[]>(remotesKey, []);
  }
}

/** Named by a setting of machine scope, which no workspace can set: with a port, or without one for all ports. */
function isAlwaysAllowed(host: string): boolean {
  const allowed: unknown = vscode.workspace.getConfiguration('coral').get('allowedEndpoints');
  return Array.isArray(allowed) && (allowed.includes(host) || allowed.includes(host.replace(/:\d+$/, '')));
}
