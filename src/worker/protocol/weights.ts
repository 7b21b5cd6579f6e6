import type { RemoteRequest } from './status';

export type WeightGroup = 'ahead' | 'behind' | 'synced';

export interface WeightRow {
  readonly hash: string;
  /** names that commits, staging or the store give it, the best one first; empty when none is known */
  readonly names: readonly string[];
  readonly shape?: readonly number[] | undefined;
  readonly dtype?: string | undefined;
  /** bytes, uncompressed */
  readonly byteLength?: number | undefined;
  /** A: only here, R: only on the remote, M: its name has another hash there */
  readonly mark?: 'A' | 'R' | 'M' | undefined;
  /** why its metadata could not be read */
  readonly problem?: string | undefined;
}

export interface WeightsRequest extends RemoteRequest {
  readonly group: WeightGroup;
  readonly offset: number;
  readonly limit: number;
}

export interface WeightPage {
  readonly rows: readonly WeightRow[];
  readonly total: number;
}

export interface WeightsApi {
  /** One page of a group, by name; uses the lists of the last `status`, asking the remote only when there are none. */
  weights(request: WeightsRequest): Promise<WeightPage>;
}
