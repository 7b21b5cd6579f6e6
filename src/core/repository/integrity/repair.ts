import { copyFile, lstat, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CoralError, endsRun, throwIfCancelled } from '../../base/errors';
import { fileError, makeFolder } from '../../base/files';
import { refuseLinksBelow } from '../../base/folders';
import { type HistoryStore, recordKinds, type RecordKindName, recordKindNames, recordNameOf } from '../../history/recordKinds';
import type { Side } from '../../sync/inventory';
import type { Remote } from '../../sync/remote';
import type { RemoteOptions } from '../../remotes/remoteStore';
import type { HDF5Store } from '../../storage/hdf5/hdf5Store';
import { quarantine, quarantineFile } from '../../storage/hdf5/quarantine';
import { Meter } from '../../transfer/meter';
import type { OnProgress } from '../../transfer/progress';
import { WaitingRelay } from '../../transfer/waitingRelay';
import { named } from '../../weights/storedName';
import { Weight } from '../../weights/weight';
import type { Repository } from '../repository';
import { planRepair, type RepairPlan, type RepairStep, type Source } from './repairPlan';
import type { IntegrityReport } from './integrityReport';

/** A remote that may be asked, and how to reach it. */
export interface RepairSource {
  readonly remote: string;
  readonly options: RemoteOptions;
}

interface RepairOptions {
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a repair did. Plain data. */
export interface RepairResult {
  readonly mended: readonly RepairStep[];
  /** files with copies of what was damaged */
  readonly quarantined: readonly string[];
  /** what could not be mended after all, and why */
  readonly failed: readonly string[];
}

/**
 * Plans how to mend a report's findings. The sources of a repository are its remotes; that of a remote is the repository. Reads
 * only. A source that cannot be reached is left out, and the plan says so.
 */
export async function planRepairOf(
  repository: Repository, report: IntegrityReport, remotes: readonly RepairSource[], signal?: AbortSignal,
): Promise<RepairPlan> {
  const { commits, staged } = await repository.state(signal);
  if (report.remote !== undefined) return planRepair(report, [await here(repository, signal)], { commits: commits.values() });
  const sources: Source[] = [];
  const unreachable: string[] = [];
  for (const { remote: name, options } of remotes) {
    try {
      await using remote = await repository.remote(name, { ...options, signal });
      sources.push(await stockOf(remote, name, signal));
    } catch (error) {
      if (CoralError.is(error, 'cancelled')) throw error;
      unreachable.push(`${name} was not asked: ${CoralError.from(error).message}`);
    }
  }
  const plan = planRepair(report, sources, { commits: commits.values(), staged });
  return { ...plan, hopeless: [...plan.hopeless, ...unreachable] };
}

async function here(repository: Repository, signal: AbortSignal | undefined): Promise<Source> {
  await using store = await repository.localStore();
  return await stockOf({ store, history: await repository.history() }, undefined, signal);
}

async function stockOf({ store, history }: Side, name: string | undefined, signal: AbortSignal | undefined): Promise<Source> {
  const [weights, deltas, ...records] = await Promise.all([
    store.list(signal), store.listDeltas(signal),
    ...recordKindNames.map(async (kind) => [kind, new Set(await history[kind].list(signal))] as const),
  ]);
  return { name, weights: new Set(weights), deltas: new Set(deltas), records: Object.fromEntries(records) as unknown as Source['records'] };
}

/**
 * Carries out a plan. Each good copy is verified against its hash before it counts; what it replaces is moved to the quarantine,
 * never deleted.
 */
export async function repair(
  repository: Repository, plan: RepairPlan, remotes: readonly RepairSource[], { onProgress, signal }: RepairOptions = {},
): Promise<RepairResult> {
  return new Repair(repository, await repository.coralFolder(), plan, remotes, { onProgress, signal }).run();
}

class Repair {
  readonly #repository: Repository;
  readonly #coral: string;
  readonly #plan: RepairPlan;
  readonly #remotes: readonly RepairSource[];
  readonly #signal: AbortSignal | undefined;
  readonly #relay: WaitingRelay;
  readonly #meter: Meter;
  #mended: RepairStep[] = [];
  /** steps to try again with another remote */
  readonly #again: RepairStep[] = [];
  readonly #quarantined = new Set<string>();
  readonly #keptAside = new Set<string>();
  readonly #failed: string[] = [];

  constructor(
    repository: Repository, coralFolder: string, plan: RepairPlan, remotes: readonly RepairSource[], { onProgress, signal }: RepairOptions,
  ) {
    this.#repository = repository;
    this.#coral = coralFolder;
    this.#plan = plan;
    this.#remotes = remotes;
    this.#signal = signal;
    this.#relay = new WaitingRelay(plan.remote ?? '', onProgress);
    this.#meter = new Meter(plan.remote === undefined ? 'pulling' : 'pushing', plan.remote ?? '', this.#relay.onProgress);
  }

  async run(): Promise<RepairResult> {
    const { steps, remote, replacesStore } = this.#plan;
    if (remote === undefined) await refuseLinksBelow(this.#coral, join(this.#quarantine, 'what was there'));
    this.#meter.start(steps.length);
    if (replacesStore && remote === undefined && await this.#isUnreadable()) this.#quarantined.add(await quarantineFile(this.#storePath, this.#quarantine));
    const local = await this.#repository.localStore(remote === undefined ? 'write' : 'read', { onWaiting: this.#relay.onWaiting });
    try {
      const side: Side = { store: local, history: await this.#repository.history() };
      if (remote !== undefined) await this.#with(remote, (other) => this.#bring(steps, side, other));
      else for (let left = steps; left.length > 0; left = this.#again.splice(0)) await this.#fetch(left, side, local);
    } finally {
      await local.close();
      this.#meter.finish();
    }
    return { mended: this.#mended, quarantined: [...this.#quarantined], failed: this.#failed };
  }

  get #storePath(): string { return join(this.#coral, 'objects', 'weights.h5'); }
  get #quarantine(): string { return join(this.#coral, 'quarantine'); }

  /** Checked again: somebody may have restored the file since the plan was made. */
  async #isUnreadable(): Promise<boolean> {
    await using store = await this.#repository.localStore('read', { onWaiting: this.#relay.onWaiting });
    try {
      await store.survey(this.#signal);
      return false;
    } catch (error) {
      if (CoralError.is(error, 'corrupt')) return true;
      throw error;
    }
  }

  async #fetch(steps: readonly RepairStep[], side: Side, local: HDF5Store): Promise<void> {
    for (const name of new Set(steps.map(({ from }) => from))) {
      if (name !== undefined) await this.#with(name, (other) => this.#bring(steps.filter(({ from }) => from === name), other, side, local));
    }
  }

  async #with(name: string, use: (remote: Remote) => Promise<void>): Promise<void> {
    const options = this.#remotes.find(({ remote }) => remote === name)?.options;
    await using remote = await this.#repository.remote(name, { ...options, onWaiting: this.#relay.onWaiting, signal: this.#signal });
    await use(remote);
  }

  /** `local` is given when it will be written to: damaged data is first copied to the quarantine. */
  async #bring(steps: readonly RepairStep[], from: Side, to: Side, local?: HDF5Store): Promise<void> {
    for (const step of steps) {
      throwIfCancelled(this.#signal);
      try {
        await this.#bringOne(step, from, to, local);
        this.#mended.push(step);
      } catch (error) {
        const known = CoralError.from(error, 'network');
        if (known.reason !== 'missing' && endsRun(known)) throw known;
        if (this.#isElsewhere(step)) continue;
        this.#failed.push(`${step.kind} ${step.hash}: ${known.message}`);
      }
      this.#meter.weightDone();
    }
    for (const { hash, message } of await to.store.confirm?.(this.#signal) ?? []) {
      this.#mended = this.#mended.filter((step) => step.hash !== hash);
      this.#failed.push(message);
    }
  }

  /** A copy that turned out bad may be good on another remote. */
  #isElsewhere({ alsoFrom: [from, ...alsoFrom] = [], ...step }: RepairStep): boolean {
    if (from !== undefined) this.#again.push({ ...step, from, alsoFrom });
    return from !== undefined;
  }

  async #bringOne(step: RepairStep, from: Side, to: Side, local: HDF5Store | undefined): Promise<void> {
    const { kind, hash } = step;
    switch (kind) {
      case 'weight': return this.#bringWeight(step, from, to, local);
      case 'metadata': {
        const metadata = await from.store.metadata(hash, this.#signal);
        if (metadata === undefined) throw gone(step);
        if (to.store.writeMetadata === undefined) return this.#bringWeight(step, from, to, local);
        return to.store.writeMetadata(named(metadata, step.name), this.#signal);
      }
      case 'delta': {
        const delta = await from.store.readDelta(hash, this.#signal);
        if (delta === undefined) throw gone(step);
        await this.#keepAside({ kind, hash }, local);
        return to.store.writeDelta(delta, { force: true, signal: this.#signal });
      }
      default: return this.#bringRecord(step, recordNameOf(kind), { from: from.history, to: to.history }, local);
    }
  }

  async #bringWeight(step: RepairStep, from: Side, to: Side, local: HDF5Store | undefined): Promise<void> {
    const weight = await from.store.read(step.hash, this.#signal);
    if (weight === undefined) throw gone(step);
    const counted = this.#meter.counted(new Weight(named(weight.metadata, step.name), weight.byteOrder, (stop) => weight.blocks(stop)));
    await this.#keepAside({ kind: 'weight', hash: step.hash }, local);
    await to.store.write(counted, { force: true, signal: this.#signal });
  }

  async #bringRecord(
    step: RepairStep, name: RecordKindName, { from, to }: { from: HistoryStore; to: HistoryStore }, local: HDF5Store | undefined,
  ): Promise<void> {
    const id = step.hash;
    const bytes = await from[name].read(id, this.#signal);
    if (bytes === undefined) throw gone(step);
    recordKinds[name].verify(bytes, from[name].pathOf(id), id);
    if (local !== undefined) await this.#keepFileAside(to[name].pathOf(id));
    await to[name].write(id, bytes, this.#signal);
  }

  async #keepAside(key: { readonly kind: 'weight' | 'delta'; readonly hash: string }, local: HDF5Store | undefined): Promise<void> {
    const place = `${key.kind} ${key.hash}`;
    if (local === undefined || this.#keptAside.has(place)) return;
    const path = await quarantine(local, this.#storePath, key, this.#quarantine);
    this.#keptAside.add(place);
    if (path !== undefined) this.#quarantined.add(path);
  }

  /** Links, pipes and devices are moved, not copied: what they lead to must not be read. */
  async #keepFileAside(path: string): Promise<void> {
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined) return;
    const kept = join(this.#quarantine, `${basename(path)}.${new Date().toISOString().replaceAll(':', '.')}`);
    try {
      await makeFolder(this.#quarantine);
      await (found.isFile() ? copyFile(path, kept) : rename(path, kept));
    } catch (error) {
      throw fileError(error, kept);
    }
    this.#quarantined.add(kept);
  }
}

function gone({ kind, hash }: RepairStep): CoralError {
  return new CoralError('missing', `The good copy of ${kind} ${hash} is no longer there. Check again.`, { hash });
}
