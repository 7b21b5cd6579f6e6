import type { CoralErrorJSON } from '../../core/base/errors';
import type { ChangeCounts, WeightChange } from '../../core/history/changes';
import type { Training } from '../../core/repository/trainings';

export interface CommitRow {
  readonly hash: string;
  readonly parents: readonly string[];
  readonly author: string;
  readonly email: string;
  readonly message: string;
  /** local time without a zone, as Python's isoformat() gives it */
  readonly timestamp: string;
  /** what the commit itself says: "merge", "checkpoint" */
  readonly labels: readonly string[];
  /** against the first parent; undefined when that one cannot be read */
  readonly changes?: ChangeCounts | undefined;
  /** of a checkpoint of a training */
  readonly training?: Training | undefined;
}

/** A commit that cannot be read; the history before it is not known. */
export interface DamagedCommitRow {
  readonly hash: string;
  readonly problem: CoralErrorJSON;
}

export interface HistoryRequest {
  readonly root: string;
  /** HEAD when absent; a branch or a whole commit hash */
  readonly ref?: string | undefined;
  readonly offset: number;
  readonly limit: number;
  /** commits to look for: the answer lists those that are not here */
  readonly lookFor?: readonly string[] | undefined;
}

export interface CommitPage {
  /** nearest first */
  readonly rows: readonly (CommitRow | DamagedCommitRow)[];
  readonly hasMore: boolean;
  /** those of `lookFor` that are not in this repository */
  readonly absent: readonly string[];
}

export interface TrainingRequest {
  readonly root: string;
  /** the whole hash */
  readonly commit: string;
}

export interface CommitChangesRequest {
  readonly root: string;
  /** the whole hash */
  readonly commit: string;
  readonly offset: number;
  readonly limit: number;
}

export interface ChangePage {
  readonly rows: readonly WeightChange[];
  readonly total: number;
}
