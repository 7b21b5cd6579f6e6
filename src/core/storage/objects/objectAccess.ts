import type { CredentialsChoice } from '../credentials';
import type { NetworkSettings } from './agents';
import type { OnRequest } from './decorators/logged';
import type { RetryPolicy } from './decorators/retrying';

export interface ObjectLocation {
  /** the name of a `Backend` */
  readonly backend: string;
  readonly bucket: string;
  readonly region?: string | undefined;
  /** http:// or https:// address of the server; absent for the one that the environment names, else the backend's own */
  readonly endpointUrl?: string | undefined;
}

export interface ObjectAccess {
  /**
   * Absent: the backend's own search (environment, profile, ...), which asks a cloud about this machine only where the server is
   * its own.
   */
  readonly credentials?: CredentialsChoice | undefined;
  readonly network?: NetworkSettings | undefined;
  /** requests at once; fewer are made where their bodies are large */
  readonly concurrency?: number | undefined;
  /** told of each request, in a line without secrets */
  readonly onRequest?: OnRequest | undefined;
  /** where it differs from the default: fewer tries for a look that should fail soon */
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** milliseconds without substantial progress after which a request is given up; 30,000 */
  readonly stallMs?: number | undefined;
}
