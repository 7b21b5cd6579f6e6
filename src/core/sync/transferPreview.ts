import { join } from 'node:path';
import { namesOf } from '../coralFolder/names';
import { type Room, roomAt } from '../storage/freeSpace';
import { describeWeights, type MovePreview } from './describeWeights';
import type { Ends } from './lookAt';
import { makePlan, type Plan, type WayPlan } from './plan';
import { commitsOf } from './planBranches';
import type { Planned } from './runPlan';
import { absent, scalarWarnings } from './sendWeights';
import { type TravellerName, travellerNames } from './travellers';
import { ends, type Way } from './world';

/** What would be sent with the weights, one way. Plain data. */
interface HistoryPreview extends Readonly<Record<TravellerName, number>> {
  /** names that the remote lacks */
  readonly names: number;
  /** branches that would move on the receiving side */
  readonly branches: readonly string[];
  /** what stays behind and why, a sentence each */
  readonly held: readonly string[];
}

export interface WayPreview extends MovePreview {
  /** free space at the destination, if that is a local disk */
  readonly room?: Room | undefined;
  /** undefined where weights were selected one by one: nothing else is sent then */
  readonly history?: HistoryPreview | undefined;
}

/** What a push, a pull or a sync would do, in numbers and names. Plain data. */
export interface TransferPreview {
  readonly remote: string;
  /** undefined when nothing is sent that way */
  readonly push?: WayPreview | undefined;
  readonly pull?: WayPreview | undefined;
  /** what would succeed but will not work everywhere */
  readonly warnings: readonly string[];
  /** fingerprint of the plan shown, to run exactly that plan: see `RunOptions.agreedPlan` */
  readonly fingerprint: string;
}

/** A plan with names and sizes for users, read from where the weights lie. Changes nothing. */
export async function previewPlan(
  { plan, look, choice }: Planned, { local, remote, coralFolder }: Ends, signal?: AbortSignal,
): Promise<TransferPreview> {
  const { name, location } = remote.config;
  const names = namesOf({ staged: look.staged, commits: commitsOf(look.here) });
  const moves = await Promise.all(plan.ways.map(async ({ way, weights }) => {
    const [from] = ends({ here: local.store, there: remote.store }, way);
    return [way, await describeWeights(weights, from, names, (hash) => absent(hash, way, name), signal)] as const;
  }));
  // What depends on a weight that turned out to be damaged stays behind as well.
  const unreadable = Object.fromEntries(moves.map(([way, { blocked }]) => [way, new Set(blocked.map(({ hash }) => hash))]));
  const isAsPlanned = moves.every(([, { blocked }]) => blocked.length === 0);
  const { ways } = isAsPlanned ? plan : makePlan(plan.ways.map(({ way }) => way), look, choice, unreadable);
  const there = location.kind === 'folder' ? location.folder : undefined;
  const shown = await Promise.all(moves.map(async ([way, move]): Promise<[Way, WayPreview]> => {
    const folder = way === 'push' ? there : join(coralFolder, 'objects');
    const history = historyPreview(way, plan, ways.find((each) => each.way === way)?.history);
    return [way, { ...move, history, room: folder === undefined ? undefined : await roomAt(folder) }];
  }));
  const { push, pull } = Object.fromEntries(shown) as Partial<Record<Way, WayPreview>>;
  const scalars = scalarWarnings(push?.scalars ?? [], name, `will not be able to pull from ${name}`);
  const warnings = [...plan.warnings, ...look.warnings, ...scalars];
  return { remote: name, push, pull, warnings, fingerprint: plan.fingerprint };
}

function historyPreview(way: Way, { names }: Plan, history: WayPlan['history']): HistoryPreview | undefined {
  if (history === undefined) return undefined;
  const { refs, stays } = history;
  const counts = Object.fromEntries(travellerNames.map((kind) => [kind, history[kind].length])) as Record<TravellerName, number>;
  return {
    ...counts, names: way === 'push' ? names.length : 0, branches: refs.map(({ name }) => name), held: stays.map(({ will }) => will),
  };
}
