import * as vscode from 'vscode';
import type { RemoteSummary } from '../worker/protocol/repository';

const stateKey = 'coral.endpointConsents';

type Place = Pick<RemoteSummary, 'name' | 'url' | 'endpointUrl'>;

/**
 * Which servers this person lets Coral contact. An endpoint comes with the folder, in remotes.json, and opening a folder must not
 * be enough to send requests, signed with this person's keys, to wherever it says. Consent is kept outside the workspace, for one
 * folder, remote and address; when any of them changes it is asked for again. Amazon's own servers and folders need none.
 */
export class EndpointConsents {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  isGiven(root: string, remote: Place): boolean {
    return remote.endpointUrl === undefined || isAlwaysAllowed(remote.endpointUrl) || this.#given().includes(keyOf(root, remote));
  }

  async give(root: string, remote: Place): Promise<void> {
    if (!this.isGiven(root, remote)) await this.#state.update(stateKey, [...this.#given(), keyOf(root, remote)]);
  }

  #given(): readonly string[] {
    return this.#state.get<readonly string[]>(stateKey, []);
  }
}

/** "127.0.0.1:9000", what the person is asked about. */
export function hostOf(endpointUrl: string): string {
  return URL.canParse(endpointUrl) ? new URL(endpointUrl).host : endpointUrl;
}

function keyOf(root: string, { name, url, endpointUrl }: Place): string {
  return JSON.stringify([root, name, url, endpointUrl]);
}

/** Named by a setting of machine scope, which no workspace can set: with a port, or without one for all ports. */
function isAlwaysAllowed(endpointUrl: string): boolean {
  const allowed: unknown = vscode.workspace.getConfiguration('coral').get('allowedEndpoints');
  if (!Array.isArray(allowed) || !URL.canParse(endpointUrl)) return false;
  const { host, hostname } = new URL(endpointUrl);
  return allowed.includes(host) || allowed.includes(hostname);
}
