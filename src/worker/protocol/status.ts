import type { CredentialsChoice } from '../../core/remotes/credentials';

export interface RemoteRequest {
  readonly root: string;
  readonly remote: string;
  readonly credentials?: CredentialsChoice | undefined;
}

export interface StatusSnapshot {
  readonly remote: string;
  /** weights only here, only there, on both sides */
  readonly ahead: number;
  readonly behind: number;
  readonly synced: number;
  /** weights that a commit names and neither side has */
  readonly missing: readonly string[];
  /** branches and tags of the remote, with their commits */
  readonly refs: Readonly<Record<string, string>>;
  readonly isSynced: boolean;
  /** milliseconds since 1970 */
  readonly checkedAt: number;
  readonly warnings: readonly string[];
}

export interface StatusApi {
  /** Asks the remote. */
  status(request: RemoteRequest): Promise<StatusSnapshot>;
  /** Where its credentials come from: `profile "dev"`; never a value. Asks nobody. */
  credentialsSource(request: RemoteRequest): Promise<string>;
}
