import { moveBranchFile, writeTrackingRef } from '../coralFolder/branchFiles';
import { namesOf } from '../coralFolder/names';
import { CoralError } from '../base/errors';
import type { Refs } from '../remotes/refs';
import { runQueue } from '../transfer/runQueue';
import type { TransferOptions } from '../transfer/progress';
import { SyncResult, type SyncCounts } from '../transfer/syncResult';
import type { Choice } from './choice';
import type { Records } from './inventory';
import type { Look } from './look';
import type { Ends } from './lookAt';
import type { Plan, WayPlan } from './plan';
import { commitsOf, trackable } from './planBranches';
import { type HistoryPlan, planHistory } from './planHistory';
import type { WeightsPlan } from './planWeights';
import { named } from '../weights/storedName';
import { scalarWarnings, sendWeights } from './sendWeights';
import { told } from './stays';
import { type Journey, travellerNames, type TravellerName, travellers } from './travellers';
import { afterArrival, type Arrivals, ends, type Way, type World } from './world';
import { capitalized } from '../../text/format';

type RunPlanOptions = Pick<TransferOptions, 'bandwidth' | 'signal' | 'onProgress'>;

/** What a plan was made from. */
export interface Planned {
  readonly plan: Plan;
  readonly look: Look;
  readonly choice: Choice;
}

/**
 * Runs the plan: each way from weights to branches. Where something fails to arrive, whatever depends on it stays behind, by the
 * rules of the plan. The first error that concerns everything ends the run. Rejects when it could not begin.
 */
export async function runPlan(planned: Planned, sides: Ends, options: RunPlanOptions = {}): Promise<SyncResult> {
  return new PlanRun(planned, sides, options).run();
}

const concurrency = 32;

class PlanRun {
  readonly #planned: Planned;
  readonly #sides: Ends;
  readonly #options: RunPlanOptions;
  readonly #remote: string;
  #world: World;
  #result: SyncResult;
  /** everything has arrived as planned so far */
  #isIntact = true;
  #isEnded = false;

  constructor(planned: Planned, sides: Ends, options: RunPlanOptions) {
    this.#planned = planned;
    this.#sides = sides;
    this.#options = options;
    this.#remote = planned.look.remote;
    this.#world = planned.look;
    this.#result = new SyncResult({ warnings: planned.plan.warnings });
  }

  async run(): Promise<SyncResult> {
    const { plan } = this.#planned;
    for (const way of plan.ways) if (!this.#isEnded) await this.#go(way);
    if (!this.#isEnded) await this.#sendNames(plan.names);
    if (this.#options.signal?.aborted === true && !this.#result.errors.some(({ reason }) => reason === 'cancelled')) {
      this.#fail(new CoralError('cancelled', 'Cancelled before all had arrived. Run it again for the rest.'));
    }
    return this.#result.plus(new SyncResult({ warnings: this.#sides.remote.warnings }));
  }

  async #go({ way, weights, history }: WayPlan): Promise<void> {
    await this.#sendWeights(way, weights);
    if (history === undefined) return;
    let plan = this.#asItIsNow(way, history, []);
    for (const [index, kind] of travellerNames.entries()) {
      if (this.#isEnded) return;
      await this.#send(way, kind, plan[kind]);
      plan = this.#asItIsNow(way, plan, travellerNames.slice(0, index + 1));
    }
    if (this.#isEnded) return;
    await (way === 'push' ? this.#pushBranches(plan) : this.#pullBranches(plan));
    this.#add(told(plan.stays, this.#remote));
  }

  #asItIsNow(way: Way, history: HistoryPlan, passed: readonly TravellerName[]): HistoryPlan {
    const { choice } = this.#planned;
    return this.#isIntact || choice.history === undefined ? history : planHistory(way, this.#world, choice.history, choice, passed);
  }

  async #sendWeights(way: Way, plan: WeightsPlan): Promise<void> {
    const stores = { here: this.#sides.local.store, there: this.#sides.remote.store };
    const { force } = this.#planned.choice;
    const outcome = await sendWeights(way, plan, stores, this.#remote, { ...this.#options, force }).catch((error: unknown) => {
      if (way === this.#planned.plan.ways[0]?.way) throw error;
      return { arrived: new Map<string, number>(), errors: [CoralError.from(error, 'network')], isEnded: true, scalars: [] };
    });
    this.#arrive(way, { weights: outcome.arrived.keys() });
    this.#add({
      ...counts(way, 'weights', outcome.arrived.size),
      bytesTransferred: [...outcome.arrived.values()].reduce((sum, bytes) => sum + bytes, 0),
      errors: outcome.errors, warnings: way === 'push' ? scalarWarnings(outcome.scalars, this.#remote) : [],
    });
    this.#isIntact &&= outcome.arrived.size === plan.send.length;
    this.#isEnded ||= outcome.isEnded;
  }

  async #send(way: Way, kind: TravellerName, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const { signal } = this.#options;
    const [from, to] = ends({ here: this.#sides.local, there: this.#sides.remote }, way);
    const [held, present] = ends(this.#world, way);
    const journey = { from, to, held, present };
    const arrived = new Set<string>();
    const send = async (id: string, stop: AbortSignal | undefined): Promise<void> => {
      await travellers[kind].send(id, journey, stop);
      arrived.add(id);
    };
    const work = kind === 'commits' ? afterParents(journey.held.commits, send) : send;
    const onError = (error: CoralError): void => this.#fail(error);
    const end = await runQueue(ids, work, { concurrency, onError, signal }) ?? await this.#confirm(kind, journey, arrived);
    if (end !== undefined) this.#fail(end);
    this.#arrive(way, { [kind]: arrived });
    this.#add(counts(way, kind, arrived.size));
    this.#isIntact &&= arrived.size === ids.length;
    this.#isEnded ||= end !== undefined || signal?.aborted === true;
  }

  /**
   * Sends again, once, what the other side turns out not to hold. Removes from `arrived` what is missing even then, or everything
   * where nobody can tell.
   */
  async #confirm(kind: TravellerName, journey: Journey, arrived: Set<string>): Promise<CoralError | undefined> {
    const { signal } = this.#options;
    const traveller = travellers[kind];
    try {
      for (const id of await traveller.unconfirmed(journey.to, signal) ?? []) await traveller.send(id, journey, signal);
      for (const id of await traveller.unconfirmed(journey.to, signal) ?? []) {
        arrived.delete(id);
        this.#fail(new CoralError(
          'corrupt', `${this.#remote} does not hold ${traveller.noun} ${id} as it was sent, though it confirmed it. `
          + 'Push again; if that does not help, use another server.'));
      }
      return undefined;
    } catch (error) {
      arrived.clear();
      return CoralError.from(error, 'network');
    }
  }

  async #pushBranches({ refs }: HistoryPlan): Promise<void> {
    const { signal } = this.#options;
    const { here, there, tracking } = this.#world;
    try {
      const wanted = Object.fromEntries(refs.map(({ name, to }) => [name, to]));
      const { remote } = this.#sides;
      const done = refs.length === 0 ? { refs: there.refs, moved: {}, errors: [] }
        : await remote.moveBranches(wanted, commitsOf(here, there), { force: this.#planned.choice.force, signal });
      const pushedBranches = Object.keys(done.moved).length;
      this.#add({ pushedBranches, errors: done.errors });
      this.#isIntact &&= pushedBranches === refs.length;
      const { noted, failures: [failure] } = await this.#track(trackable(done.refs, tracking, here.commits));
      this.#arrive('push', { refs: refs.filter(({ name }) => Object.hasOwn(done.moved, name)), tracking: noted });
      // A push is complete without tracking refs, and the repository may be read-only.
      if (failure !== undefined) {
        const what = `What was pushed is on ${this.#remote}; where its branches are could not be noted in this repository.`;
        this.#add({ warnings: [`${what} ${failure.message}`] });
      }
    } catch (error) {
      const known = CoralError.from(error, 'network');
      this.#fail(known);
      this.#isIntact = false;
      this.#isEnded ||= CoralError.means(known, 'ends everything');
    }
  }

  /** Updates the tracking refs, then fast-forwards local branches. */
  async #pullBranches({ refs, tracking }: HistoryPlan): Promise<void> {
    const { coralFolder } = this.#sides;
    const { noted, failures } = await this.#track(tracking);
    const errors = [...failures];
    const moved = [];
    for (const move of refs) {
      if (this.#options.signal?.aborted === true) break;
      try {
        if (await moveBranchFile(coralFolder, move.name, move.from, move.to)) moved.push(move);
      } catch (error) {
        errors.push(CoralError.from(error));
      }
    }
    this.#arrive('pull', { refs: moved, tracking: noted });
    this.#add({ pulledBranches: new Set([...Object.keys(noted), ...moved.map(({ name }) => name)]).size, errors });
    this.#isIntact &&= moved.length === refs.length;
  }

  async #track(tracking: Refs): Promise<{ readonly noted: Refs; readonly failures: readonly CoralError[] }> {
    const noted: [string, string][] = [];
    const failures: CoralError[] = [];
    for (const [name, tip] of Object.entries(tracking)) {
      try {
        if (await writeTrackingRef(this.#sides.coralFolder, this.#remote, name, tip)) noted.push([name, tip]);
      } catch (error) {
        failures.push(CoralError.from(error));
      }
    }
    return { noted: Object.fromEntries(noted), failures };
  }

  /** Sends names for weights that have none on the remote: from the local store, or from commits. */
  async #sendNames(hashes: readonly string[]): Promise<void> {
    const { local: { store: from }, remote: { store: to } } = this.#sides;
    const { signal } = this.#options;
    const names = hashes.length === 0 ? undefined : namesOf({ staged: this.#planned.look.staged, commits: commitsOf(this.#world.here) });
    let sent = 0;
    const work = async (hash: string, stop: AbortSignal): Promise<void> => {
      const metadata = await from.metadata(hash, stop);
      if (metadata === undefined || to.writeMetadata === undefined) return;
      const given = names?.get(hash)?.[0];
      await to.writeMetadata(named(metadata, given), stop);
      sent += 1;
    };
    const onError = (error: CoralError, hash?: string): void => this.#add({ errors: [error.with({ hash, remote: this.#remote })] });
    const end = await runQueue(hashes, work, { concurrency, onError, signal });
    if (end !== undefined) onError(end);
    if (end !== undefined || sent === 0) return;
    const lost = await to.confirm?.(signal).catch((error: unknown) => [CoralError.from(error, 'network')]) ?? [];
    this.#add({ pushedNames: sent - lost.length, errors: lost });
  }

  #arrive(way: Way, arrivals: Arrivals): void {
    this.#world = afterArrival(this.#world, way, arrivals);
  }

  #add(fields: ConstructorParameters<typeof SyncResult>[0]): void {
    const errors = fields?.errors?.map((error) => error.with({ remote: this.#remote })) ?? [];
    this.#result = this.#result.plus(new SyncResult({ ...fields, errors }));
  }

  /** `hash` of an error is a weight's; other hashes are in the message only. */
  #fail({ reason, message, path, line, conflict, isOutage, cause }: CoralError): void {
    this.#add({ errors: [new CoralError(reason, message, { path, line, conflict, isOutage }, { cause })] });
  }
}

function counts(way: Way, kind: 'weights' | TravellerName, count: number): Partial<SyncCounts> {
  return { [`${way === 'push' ? 'pushed' : 'pulled'}${capitalized(kind)}` as const]: count };
}

/**
 * Sends each commit after its parents, so that nobody ever finds one without its ancestors. If a parent fails, its own error is
 * enough.
 */
function afterParents(
  commits: Records['commits'], send: (hash: string, signal: AbortSignal) => Promise<void>,
): (hash: string, signal: AbortSignal) => Promise<void> {
  const underWay = new Map<string, Promise<boolean>>();
  return async (hash, signal) => {
    const parents = (commits.get(hash)?.value.parentHashes ?? []).flatMap((parent) => underWay.get(parent) ?? []);
    const sent = Promise.all(parents).then(async (areThere) => {
      if (!areThere.every(Boolean)) return false;
      await send(hash, signal);
      return true;
    });
    underWay.set(hash, sent.catch(() => false));
    await sent;
  };
}
