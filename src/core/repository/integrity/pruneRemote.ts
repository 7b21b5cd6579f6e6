import { createHash } from 'node:crypto';
import { CoralError } from '../../base/errors';
import type { Remote } from '../../sync/remote';
import type { RemoteOptions } from '../../remotes/remoteStore';
import type { StoredKey, SurveyedItem } from '../../storage/survey';
import { Meter } from '../../transfer/meter';
import { WaitingRelay } from '../../transfer/waitingRelay';
import { namesOf } from '../../coralFolder/names';
import type { Repository } from '../repository';
import { readLocalHistory } from './localHistory';
import { isNeeded, type Needed, neededBy } from './needed';
import { type PruneOptions, type PruneResult, referencesIn, refuseIfNeeded, refuseIfUnknown, refuseIfUnsure } from './pruneLocal';
import { byBytes, totalBytes, graceDays, graceMs, type PrunePlan, splitItems } from './prunePlan';
import { missingCommits } from './danglingReferences';
import { readRemoteHistory } from './remoteHistory';

interface RemotePruneOptions extends PruneOptions, Omit<RemoteOptions, 'signal'> {
  /** how old an unneeded item must be; 14 days. Shorter in tests. */
  readonly graceMs?: number | undefined;
}

/**
 * Lists what neither the commits, refs and versions of the remote nor those of this repository need, nor its staging, if it is at
 * least 14 days old: by the time of each object; on a file remote by the last write to weights.h5, since HDF5 keeps no times for
 * weights. Reads only. Rejects where the needs are unknown: refs damaged or absent, a commit damaged or missing.
 */
export async function planRemotePrune(repository: Repository, name: string, options: RemotePruneOptions = {}): Promise<PrunePlan> {
  const { signal } = options;
  await using remote = await openRemote(repository, name, options);
  const look = await lookAt(repository, remote, signal);
  const { drop, kept, spared } = splitItems(look, look.needed, Date.now() - (options.graceMs ?? graceMs));
  const items = drop.map(({ kind, hash, bytes, modified }) => ({ kind, hash, name: look.names.get(hash)?.[0], bytes, modified }));
  const { url: location } = remote.config;
  return {
    root: repository.root, remote: name, location, drop: byBytes(items), bytes: totalBytes(items), kept, spared, state: look.state,
  };
}

/**
 * Deletes what the plan lists. Deletes nothing when anything was pushed since the list was made, and stops when something is pushed
 * meanwhile.
 */
export async function pruneRemote(repository: Repository, plan: Pick<PrunePlan, 'state'> & { readonly drop: readonly StoredKey[]; readonly remote: string }, options: RemotePruneOptions = {}): Promise<PruneResult> {
  const { signal } = options;
  const { drop, remote: name } = plan;
  const relay = new WaitingRelay(name, options.onProgress);
  const meter = new Meter('pruning', name, relay.onProgress);
  await using remote = await openRemote(repository, name, { ...options, onWaiting: relay.onWaiting });
  const oldest = await remote.now(signal) - (options.graceMs ?? graceMs);
  const look = await lookAt(repository, remote, signal);
  if (look.state !== plan.state) throw pushedMeanwhile(name, 0);
  refuseIfNeeded(drop, look.needed);
  refuseIfYoung(drop, look.items, oldest, name);
  const before = await remote.store.info(signal);
  let dropped = 0;
  const refs = refsState(remote);
  const confirm = async (): Promise<void> => {
    refuseIfNeeded(drop, await useOf(repository, remote, look.references, signal).then(({ needed }) => needed));
    if (refsState(remote) !== refs) throw pushedMeanwhile(name, dropped);
  };
  meter.start(drop.length);
  await remote.drop(drop, { confirm, signal, onDone: () => { dropped += 1; meter.weightDone(); } });
  meter.finish();
  sayIfNeeded(drop, await useOf(repository, remote, look.references, signal).then(({ needed }) => needed), name);
  const after = await remote.store.info(signal);
  return { dropped: drop.length, freed: Math.max(0, (before.storedBytes ?? 0) - (after.storedBytes ?? 0)) };
}

async function openRemote(repository: Repository, name: string, options: RemoteOptions): Promise<Remote> {
  const remote = await repository.remote(name, options);
  try {
    if (await remote.exists(options.signal)) return remote;
    throw new CoralError('missing', `There is nothing at ${remote.config.url}, so there is nothing to prune.`, { remote: name });
  } catch (error) {
    await remote.close();
    throw error;
  }
}

interface Look {
  readonly items: readonly SurveyedItem[];
  readonly needed: Needed;
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** of both sides, delta hash to the weight it is based on */
  readonly references: ReadonlyMap<string, string>;
  readonly state: string;
}

async function lookAt(repository: Repository, remote: Remote, signal: AbortSignal | undefined): Promise<Look> {
  const { items } = await remote.store.survey(signal);
  await using local = await repository.localStore('read');
  const references = new Map([...await referencesIn(local, signal), ...await referencesIn(remote.store, signal)]);
  const { needed, names, commits } = await useOf(repository, remote, references, signal);
  const seen = [refsState(remote), ...commits, ...items.map(({ kind, hash, bytes, modified }) => `${kind} ${hash} ${bytes ?? ''} ${modified ?? ''}`)];
  return { items, needed, names, references, state: createHash('sha256').update(seen.join('\n')).digest('hex') };
}

interface Use {
  readonly needed: Needed;
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** hashes of the remote's commits, sorted */
  readonly commits: readonly string[];
}

/** What both sides need. Rejects when that is unknown. */
async function useOf(
  repository: Repository, remote: Remote, references: ReadonlyMap<string, string>, signal: AbortSignal | undefined,
): Promise<Use> {
  const { name } = remote.config;
  const [here, there] = await Promise.all([readLocalHistory(await repository.coralFolder(), signal), readRemoteHistory(remote, signal)]);
  refuseIfUnsure([...there.findings, ...here.findings]);
  if (there.refs.length === 0) {
    throw new CoralError(
      'missing', `Nothing was pruned: ${name} has no refs.json, or none with branches, so nobody can tell what others need there. `
      + 'Push a branch to it first.', { remote: name });
  }
  const commits = new Map([...here.commits, ...there.commits]);
  refuseIfUnsure(missingCommits({ commits, refs: [...here.refs, ...here.versions, ...there.refs, ...there.versions] }, { place: `this repository or on ${name}`, mend: 'fetch', known: new Set() }));
  const needed = neededBy(commits.values(), [here.staged], references);
  refuseIfUnknown(needed, references);
  return { needed, names: namesOf({ staged: here.staged, commits }), commits: [...there.commits.keys()].sort() };
}

const refsState = ({ refs }: Remote): string => JSON.stringify(Object.entries(refs).sort());

function refuseIfYoung(drop: readonly StoredKey[], items: readonly SurveyedItem[], oldest: number, remote: string): void {
  const times = new Map(items.map((item) => [`${item.kind} ${item.hash}`, item.modified]));
  const young = drop.find(({ kind, hash }) => (times.get(`${kind} ${hash}`) ?? Infinity) > oldest);
  if (young === undefined) return;
  throw new CoralError(
    'conflict', `Nothing was pruned: ${young.kind} ${young.hash} on ${remote} is not ${graceDays} days old by that server's clock. `
    + 'Compare the clock of this machine with it.', { hash: young.hash, remote });
}

/** Servers have no conditional delete: between the last look and the deletion somebody may push a commit that needs the item. */
function sayIfNeeded(drop: readonly StoredKey[], needed: Needed, remote: string): void {
  const used = drop.filter((key) => isNeeded(needed, key));
  const [first] = used;
  if (first === undefined) return;
  const more = used.length > 1 ? ` and ${used.length - 1} more` : '';
  throw new CoralError(
    'conflict', `${first.kind} ${first.hash}${more} came into use on ${remote} in the very moment of its deletion. `
    + `Push it again, or run "Coral: Repair..." on ${remote}, wherever a copy is.`, { hash: first.hash, remote });
}

function pushedMeanwhile(remote: string, dropped: number): CoralError {
  const what = dropped === 0 ? 'Nothing was pruned' : `The prune stopped after ${dropped} objects`;
  return new CoralError(
    'conflict', `${what}: someone has pushed to ${remote} since the list was made. Prune again to see a new list.`, { remote });
}
