import type { CoralErrorJSON } from '../core/base/errors';
import type { NetworkSettings } from '../core/storage/objects/agents';
import type { Progress } from '../core/transfer/progress';

/** The messages between the extension host and the worker. */
export type Message =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'fail'; readonly id: number; readonly error: CoralErrorJSON }
  | { readonly kind: 'progress'; readonly id: number; readonly value: Progress }
  | { readonly kind: 'log'; readonly text: string };

export interface WorkerSettings {
  readonly network?: Omit<NetworkSettings, 'ca'> | undefined;
  /** whether the certificates that this machine trusts count besides Node's own */
  readonly systemCertificates?: boolean | undefined;
  /** objects under way at once */
  readonly concurrency?: number | undefined;
  /** bytes of tensors that all transfers together move in a second, at most */
  readonly bytesPerSecond?: number | undefined;
  /** whether each request to a bucket is told */
  readonly logsRequests?: boolean | undefined;
  readonly compression?: 'auto' | 'gzip' | 'none' | undefined;
  /** by the real path of a repository's folder, where links in its `.coral` may lead */
  readonly realPaths?: Readonly<Record<string, readonly string[]>> | undefined;
  /** shape of a remotes.json that does not exist yet */
  readonly remotesFileShape?: 'nested' | 'flat' | undefined;
}
