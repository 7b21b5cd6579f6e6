import { CoralError } from '../../core/base/errors';

interface Troubled {
  /** why the last attempt to reach the remote failed, whoever made it */
  readonly error: CoralError | undefined;
}

/**
 * Remotes that have refused the credentials, or the access. Nothing is tried there without being asked: an account that is tried over and
 * over gets locked. A success clears it, since the remote then has no error; `forgive` gives another chance when keys or settings have
 * changed.
 */
export class Refusals {
  readonly #forgiven = new WeakSet<CoralError>();

  isRefused({ error }: Troubled): boolean {
    return error !== undefined && CoralError.means(error, 'waits for the user') && !this.#forgiven.has(error);
  }

  forgive(remotes: Iterable<Troubled>): void {
    for (const { error } of remotes) if (error) this.#forgiven.add(error);
  }
}
