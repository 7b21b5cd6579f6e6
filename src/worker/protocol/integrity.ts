import type { Depth, IntegrityReport } from '../../core/repository/integrity/report';
import type { PruneResult } from '../../core/repository/integrity/pruneLocal';
import type { PrunePlan } from '../../core/repository/integrity/prunePlan';
import type { RepairResult } from '../../core/repository/integrity/repair';
import type { RepairPlan } from '../../core/repository/integrity/repairPlan';
import type { RemoteRequest } from './status';

/** A repository, or one of its remotes. */
export type Subject = RemoteRequest | { readonly root: string; readonly remote?: undefined };

export type CheckRequest = Subject & { readonly depth: Depth };

export interface RepairRequest {
  readonly root: string;
  /** the remotes that may be asked for good copies; the one to be mended, where it is about one */
  readonly sources: readonly RemoteRequest[];
}

export interface IntegrityApi {
  /** Reads only. */
  checkIntegrity(request: CheckRequest): Promise<IntegrityReport>;
  /** Reads only: what would mend the report's findings. */
  planRepair(request: RepairRequest & { readonly report: IntegrityReport }): Promise<RepairPlan>;
  repair(request: RepairRequest & { readonly plan: RepairPlan }): Promise<RepairResult>;
  /** Reads only: what nothing needs. */
  planPrune(request: Subject): Promise<PrunePlan>;
  /** Removes what the plan lists, if all that it was made from still holds. */
  prune(request: Subject & { readonly plan: PrunePlan }): Promise<PruneResult>;
}
