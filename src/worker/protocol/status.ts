import type { Agreed } from '../../core/remotes/agreed';
import type { CredentialsChoice } from '../../core/storage/credentials';
import type { ComparedKind } from '../../core/sync/compareSides';
import type { Difference } from '../../core/sync/difference';
import type { SyncStatus } from '../../core/sync/syncStatus';

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
export type OtherKind = Exclude<ComparedKind, 'weights'>;

export interface StatusSnapshot extends Pick<SyncStatus, 'missing' | 'refs' | 'branches' | 'isSynced' | 'warnings'> {
  readonly remote: string;
  /** weights only here, only there, on both sides */
  readonly ahead: number;
  readonly behind: number;
  readonly synced: number;
  /** how many names these weights have, by the same groups; a weight without one counts as one. Undefined where they could not be read. */
  readonly names?: Readonly<Record<'ahead' | 'behind' | 'synced', number>> | undefined;
  /** how many things besides weights differ, and how */
  readonly kinds: Readonly<Record<OtherKind, Readonly<Record<keyof Difference, number>>>>;
  /** milliseconds since 1970 */
  readonly checkedAt: number;
}
