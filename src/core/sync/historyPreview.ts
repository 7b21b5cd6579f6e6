import { damagedWithoutCopy, type Inventory } from './inventory';
import { movesOf, refused } from './branchMoves';
import { exchangeHistory } from './exchange';
import type { Plan, Plans, Way } from './plan';
import { readBranches } from '../coralFolder/branches';
import { branchesToPull, branchesToPush, bothInventories, type HistoryTransfer, type Inventories } from './historyTransfer';

/** What goes along with the weights, one way, if it began now. Plain data. */
export interface HistoryPreview {
  readonly deltas: number;
  readonly commits: number;
  readonly versions: number;
  /** of weights that lie there without one */
  readonly names: number;
  /** the branches that move where it goes to */
  readonly branches: readonly string[];
  /** what stays behind and why, a sentence each */
  readonly held: readonly string[];
}

/** Goes through what `pushHistory` and `pullHistory` do, for each way that there is a plan of, as if its weights had arrived. Changes nothing. */
export async function previewHistory(plans: Plans, transfer: HistoryTransfer): Promise<Partial<Record<Way, HistoryPreview>>> {
  const inventories = await bothInventories(transfer);
  const trial = { ...transfer, isTrial: true };
  return {
    ...(plans.push === undefined ? {} : { push: await previewPush(plans.push, trial, inventories) }),
    ...(plans.pull === undefined ? {} : { pull: await previewPull(plans.pull, trial, inventories) }),
  };
}

async function previewPush(plan: Plan, transfer: HistoryTransfer, { here, there }: Inventories): Promise<HistoryPreview> {
  const { remote, local, coralFolder, chosen, force = false, signal } = transfer;
  const { name } = remote.config;
  const sent = await exchangeHistory(
    { side: local, holds: here, called: 'this repository' }, { side: remote, holds: withWeights(there, plan), called: name },
    { remote: name, way: 'push', ...chosen, force, isTrial: true, signal });
  const refs = await remote.fetchRefs(signal);
  const { ready, stuck, commits } = branchesToPush(transfer, await readBranches(coralFolder, () => undefined), refs, { here, there: sent.holds });
  const moves = movesOf(ready, refs, commits, force);
  const held = [...sent.warnings, ...[...damagedWithoutCopy(here, sent.holds), ...sent.errors, ...moves.refused.map((state) => refused(state, name, 'will not be moved'))].map(({ message }) => message), ...stuck];
  const names = [...there.nameless].filter((hash) => here.weights.has(hash)).length;
  return { names, deltas: sent.deltas, commits: sent.commits, versions: sent.versions, branches: Object.keys(moves.moved), held };
}

async function previewPull(plan: Plan, transfer: HistoryTransfer, { here, there }: Inventories): Promise<HistoryPreview> {
  const { remote, local, chosen, force, signal } = transfer;
  const { name } = remote.config;
  const pulled = await exchangeHistory(
    { side: remote, holds: there, called: name }, { side: local, holds: withWeights(here, plan), called: 'this repository' },
    { remote: name, way: 'pull', ...chosen, force, isTrial: true, signal });
  const { moves, problems, warnings } = await branchesToPull(transfer, await remote.fetchRefs(signal), { here: pulled.holds, there });
  const held = [...pulled.warnings, ...[...damagedWithoutCopy(there, pulled.holds), ...pulled.errors, ...problems].map(({ message }) => message), ...warnings];
  return { names: 0, deltas: pulled.deltas, commits: pulled.commits, versions: pulled.versions, branches: moves.map((move) => move.name), held };
}

/** What a side holds once what is planned has arrived. */
function withWeights(side: Inventory, { send }: Plan): Inventory {
  return { ...side, weights: new Set([...side.weights, ...send]) };
}
