import { checkRemote } from '../../core/repository/integrity/checkRemote';
import { checkRepository } from '../../core/repository/integrity/checkRepository';
import { planLocalPrune, pruneLocal, type PruneResult } from '../../core/repository/integrity/pruneLocal';
import type { PrunePlan } from '../../core/repository/integrity/prunePlan';
import { planRemotePrune, pruneRemote } from '../../core/repository/integrity/pruneRemote';
import { planRepairOf, repair, type RepairResult, type RepairSource } from '../../core/repository/integrity/repair';
import type { RepairPlan } from '../../core/repository/integrity/repairPlan';
import type { IntegrityReport } from '../../core/repository/integrity/integrityReport';
import type { CheckRequest, RepairRequest, IntegrityRequest } from '../protocol/integrity';
import type { RemoteRequest } from '../protocol/status';
import type { CallContext, HandlersOf } from '../rpc';
import type { WorkerSession } from './workerSession';

export interface IntegrityApi {
  /** Reads only. */
  checkIntegrity(request: CheckRequest): Promise<IntegrityReport>;
  /** Reads only: what would mend the report's findings. */
  planRepair(request: RepairRequest & { readonly report: IntegrityReport }): Promise<RepairPlan>;
  repair(request: RepairRequest & { readonly plan: RepairPlan }): Promise<RepairResult>;
  /** Reads only: what nothing needs. */
  planPrune(request: IntegrityRequest): Promise<PrunePlan>;
  /** Removes what the plan lists, if all that it was made from still holds. */
  prune(request: IntegrityRequest & { readonly plan: PrunePlan }): Promise<PruneResult>;
}

export function integrityHandlers(session: WorkerSession): HandlersOf<IntegrityApi> {
  const sourcesOf = (requests: readonly RemoteRequest[], { signal }: CallContext): RepairSource[] => (
    requests.map((request) => ({ remote: request.remote, options: session.remoteOptions(request, signal) })));

  return {
    async checkIntegrity(request, { onProgress, signal }) {
      const { root, depth } = request;
      const repository = await session.open(root);
      if (request.remote === undefined) return checkRepository(repository, { depth, onProgress, signal });
      return checkRemote(repository, request.remote, { ...session.remoteOptions(request, signal), depth, onProgress, signal });
    },
    async planRepair({ root, report, sources }, context) {
      return planRepairOf(await session.open(root), report, sourcesOf(sources, context), context.signal);
    },
    async repair({ root, plan, sources }, context) {
      return repair(await session.open(root), plan, sourcesOf(sources, context), context);
    },
    async planPrune(request, { onProgress, signal }) {
      const repository = await session.open(request.root);
      if (request.remote === undefined) return planLocalPrune(repository, { onProgress, signal });
      return planRemotePrune(repository, request.remote, { ...session.remoteOptions(request, signal), onProgress, signal });
    },
    async prune(request, { onProgress, signal }) {
      const { root, plan } = request;
      const repository = await session.open(root);
      if (request.remote === undefined) return pruneLocal(repository, plan.drop, { sharedStore: plan.sharedStore, onProgress, signal });
      return pruneRemote(
        repository, { ...plan, remote: request.remote }, { ...session.remoteOptions(request, signal), onProgress, signal },
      );
    },
  };
}
