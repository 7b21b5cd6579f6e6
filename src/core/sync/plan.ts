import { createHash } from 'node:crypto';
import type { Choice } from './choice';
import type { Look } from './look';
import { type HistoryPlan, planHistory } from './planHistory';
import { planWeights, type WeightsPlan } from './planWeights';
import { afterArrival, ends, type Way, type World } from './world';

/** What goes one way, in the order in which it does: weights, deltas, commits, versions, branches. */
export interface WayPlan {
  readonly way: Way;
  readonly weights: WeightsPlan;
  /** undefined where weights were chosen one by one: nothing else goes then */
  readonly history: HistoryPlan | undefined;
}

/** What a transfer will do, before it does anything. Plain data. */
export interface Plan {
  /** name of the remote */
  readonly remote: string;
  /** in order; a later one reckons with what an earlier one will have brought */
  readonly ways: readonly WayPlan[];
  /** weights that lie on the remote without a name; they get theirs last, since a pull may have to bring them */
  readonly names: readonly string[];
  /** what was left out by choice, in sentences */
  readonly warnings: readonly string[];
  /** another text as soon as anything in it is not the same */
  readonly fingerprint: string;
}

/** Weights that are known not to arrive, by way. */
export type Unreadable = Partial<Record<Way, ReadonlySet<string>>>;

/** What going these ways comes to, by one look at both sides. Reads nothing. */
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
