import { createHash } from 'node:crypto';
import type * as vscode from 'vscode';
import type { StatusSnapshot } from '../../worker/protocol/status';
import type { CredentialsPlace } from './credentialVault';

/** Another one than in the version that did not count training states yet. */
const key = 'coral.lastStatuses.2';
const maxRemembered = 100;

type Remembered = Readonly<Record<string, StatusSnapshot>>;

/**
 * The last status of each remote, for the time when it cannot be reached. Lies in VS Code's workspace state, which other windows do not
 * see.
 */
export class StatusMemory {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  get(root: string, remote: CredentialsPlace): StatusSnapshot | undefined {
    return this.#all()[idOf(root, remote)];
  }

  /** Keeps the counts and refs, but no list and no sentence: those may be long, or say more than should lie on disk. */
  async set(root: string, remote: CredentialsPlace, status: StatusSnapshot): Promise<void> {
    const all = { ...this.#all(), [idOf(root, remote)]: { ...status, missing: [], warnings: [] } };
    const latest = Object.entries(all).sort(([, one], [, other]) => other.checkedAt - one.checkedAt).slice(0, maxRemembered);
    await this.#state.update(key, Object.fromEntries(latest));
  }

  #all(): Remembered {
    return this.#state.get<Remembered>(key, {});
  }
}

/** Another place is another remote. Hashed, since a URL written by hand may hold what must not be stored. */
function idOf(root: string, { name, url, endpointUrl = '' }: CredentialsPlace): string {
  return createHash('sha256').update(JSON.stringify([root, name, url, endpointUrl])).digest('hex');
}
