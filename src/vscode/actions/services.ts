import type { CoralClient } from '../../worker/client';
import type { Consents } from '../model/consents';
import type { CoralModel } from '../model/coralModel';
import type { CredentialVault } from '../model/credentialVault';
import type { ReadonlyDocuments } from '../ui/readonlyDocuments';
import type { Log } from '../ui/log';

/** What actions work with. */
export interface Services {
  readonly client: CoralClient;
  readonly model: CoralModel;
  readonly vault: CredentialVault;
  readonly consents: Consents;
  readonly documents: ReadonlyDocuments;
  readonly log: Log;
}
