import type { WeightTarget } from '../../worker/protocol/details';
import type { Services } from '../actions/services';
import { transferAndReport } from '../actions/transfer';

/** Pulls this weight alone; whether it has arrived. What went wrong is reported as for every pull. */
export async function fetchWeight(services: Services, { root, hash }: WeightTarget, name: string): Promise<boolean> {
  const remote = services.model.remote(root, name);
  const result = remote && await transferAndReport(services, remote, { direction: 'pull', weightHashes: [hash] });
  return result !== undefined && result.errors.length === 0;
}
