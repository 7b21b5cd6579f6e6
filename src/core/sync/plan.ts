import { createHash } from 'node:crypto';
import type { Choice } from './choice';
import type { Look } from './look';
import { type HistoryPlan, planHistory } from './planHistory';
import { planWeights, type WeightsPlan } from './planWeights';
import { afterArrival, ends, type Way, type World } from './world';

/** What is sent one way, in this order: weights, deltas, records, branches. */
export interface WayPlan {
  readonly way: Way;
  readonly weights: WeightsPlan;
  /** undefined where weights were selected one by one: nothing else is sent then */
  readonly history: HistoryPlan | undefined;
}

/** What a transfer will do, before it does anything. Plain data. */
export interface Plan {
  /** name of the remote */
  readonly remote: string;
  /** in order; a later way counts on what an earlier one brings */
  readonly ways: readonly WayPlan[];
  /** weights without a name on the remote; they are named last, since a pull may have to bring them first */
  readonly names: readonly string[];
  /** what the options left out, in sentences */
  readonly warnings: readonly string[];
  /** differs as soon as anything in the plan differs */
  readonly fingerprint: string;
}

/** Weights that are known not to arrive, by way. */
type Unreadable = Partial<Record<Way, ReadonlySet<string>>>;

/** Plans these ways from one look at both sides. Pure: reads nothing. */
export function makePlan(ways: readonly Way[], look: Look, choice: Choice, unreadable: Unreadable = {}): Plan {
  let world: World = look;
  const plans: WayPlan[] = [];
  for (const way of ways) {
    const [from, to] = ends(look, way);
    const { send, ...others } = planWeights(from.weights, to.weights, choice);
    const weights = { send: send.filter((hash) => unreadable[way]?.has(hash) !== true), ...others };
    world = afterArrival(world, way, { weights: weights.send });
    const history = choice.history && planHistory(way, world, choice.history, choice);
    plans.push({ way, weights, history });
    if (history !== undefined) world = afterArrival(world, way, history);
  }
  const named = new Set(plans.flatMap(({ way, weights }) => (way === 'push' ? weights.send : [])));
  const isNaming = choice.history !== undefined && ways.includes('push');
  const names = isNaming ? [...look.there.nameless].filter((hash) => world.here.weights.has(hash) && !named.has(hash)).sort() : [];
  const plan = { remote: look.remote, ways: plans, names, warnings: choice.warnings };
  return { ...plan, fingerprint: createHash('sha256').update(JSON.stringify(plan)).digest('hex') };
}
