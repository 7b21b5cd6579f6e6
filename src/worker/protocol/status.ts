import type { Agreed } from '../../core/remotes/agreed';
import type { BranchState } from '../../core/remotes/branchMoves';
import type { CredentialsChoice } from '../../core/storage/credentials';
import type { Difference, Kind } from '../../core/repository/compareSides';

declare const byPerson: unique symbol;

/** What the person agreed to. vscode/model/consents.ts alone makes one, so that no request to a remote can leave it out. */
export interface Consent extends Agreed {
  readonly [byPerson]: true;
}

export interface RemoteRequest {
  readonly root: string;
  readonly remote: string;
  readonly credentials?: CredentialsChoice | undefined;
  /** Reason "conflict" where remotes.json names another place by then. */
  readonly agreed: Consent;
}

/** What differs besides weights. */
export type OtherKind = Exclude<Kind, 'weights'>;

export interface StatusSnapshot {
  readonly remote: string;
  /** weights only here, only there, on both sides */
  readonly ahead: number;
  readonly behind: number;
  readonly synced: number;
  /** how many names these weights have, by the same groups; a weight without one counts as one. Undefined where they could not be read. */
  readonly names?: Readonly<Record<'ahead' | 'behind' | 'synced', number>> | undefined;
  /** weights that a commit names and neither side has */
  readonly missing: readonly string[];
  /** branches and tags of the remote, with their commits */
  readonly refs: Readonly<Record<string, string>>;
  /** how many things besides weights differ, and how */
  readonly kinds: Readonly<Record<OtherKind, Readonly<Record<keyof Difference, number>>>>;
  /** branches that are to move, or cannot */
  readonly branches: readonly BranchState[];
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
