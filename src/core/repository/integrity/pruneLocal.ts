import { statSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CoralError } from '../../base/errors';
import { fileError, isCode } from '../../base/files';
import { isInside } from '../../base/folders';
import type { DeltaStore } from '../../storage/deltaStore';
import { compactStore } from '../../storage/hdf5/compactStore';
import type { HDF5Store } from '../../storage/hdf5/hdf5Store';
import type { StoredKey, SurveyedItem } from '../../storage/survey';
import { mapConcurrently } from '../../base/mapConcurrently';
import { Meter } from '../../transfer/meter';
import type { OnProgress } from '../../transfer/progress';
import { WaitingRelay } from '../../transfer/waitingRelay';
import { byteLengthOf } from '../../weights/dtype';
import type { Repository } from '../repository';
import { readLocalHistory } from './localHistory';
import { isNeeded, type Needed, neededBy } from './needed';
import { byBytes, totalBytes, type PruneItem, type PrunePlan, splitItems } from './prunePlan';
import { missingCommits } from './danglingReferences';
import type { Finding, Subject } from './integrityReport';

export interface PruneOptions {
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface LocalPruneOptions extends PruneOptions {
  /** The real path of a store that others may use as well, when the user agreed to prune it; see `PrunePlan`. */
  readonly sharedStore?: string | undefined;
}

/** What a prune did. */
export interface PruneResult {
  readonly dropped: number;
  /** bytes freed */
  readonly freed: number;
}

/**
 * Lists what no commit, branch, version or staging of the repository needs. Changes nothing. Reason "corrupt" or "missing" when
 * the needs are unknown, because a commit is damaged, say.
 */
export async function planLocalPrune(repository: Repository, { onProgress, signal }: PruneOptions = {}): Promise<PrunePlan> {
  const relay = new WaitingRelay('', onProgress);
  await using store = await repository.localStore('read', { onWaiting: relay.onWaiting });
  const needed = await useHere(repository, await referencesIn(store, signal), signal);
  const { drop, kept, spared } = splitItems(await store.survey(signal), needed);
  const items = await mapConcurrently(drop, 32, async (item): Promise<PruneItem> => (
    { kind: item.kind, hash: item.hash, ...await describe(store, item, signal) }));
  return {
    root: repository.root, location: await storePath(repository), sharedStore: await sharedStoreOf(repository), drop: byBytes(items),
    bytes: totalBytes(items), kept, spared, state: '',
  };
}

/**
 * The real path of the store, when it lies outside of the repository or has several names; undefined when it is this repository's
 * alone.
 */
async function sharedStoreOf(repository: Repository): Promise<string | undefined> {
  const path = await storePath(repository);
  const found = await stat(path).catch((error: unknown) => { if (isCode(error, 'ENOENT')) return undefined; throw fileError(error, path); });
  if (found === undefined) return undefined;
  const store = await realpath(path);
  return isInside(join(repository.realRoot, '.coral'), store) && found.nlink === 1 ? undefined : store;
}

function sharedWithOthers(store: string): CoralError {
  return new CoralError('conflict', `Nothing was pruned: weights.h5 of this repository is ${store}, which other repositories may use as well. `
    + 'Make sure that none of them needs what would go, then prune again and agree to that path.', { path: store });
}

/**
 * Removes what the plan lists and frees the space. Reason "conflict" for a store that others may use, unless its path is given.
 * Changes nothing when any of it is needed by now, or the store was written to meanwhile.
 */
export async function pruneLocal(
  repository: Repository, drop: readonly StoredKey[], { sharedStore, onProgress, signal }: LocalPruneOptions = {},
): Promise<PruneResult> {
  const path = await storePath(repository);
  const shared = await sharedStoreOf(repository);
  if (shared !== undefined && shared !== sharedStore) throw sharedWithOthers(shared);
  const before = statSync(path).size;
  const relay = new WaitingRelay('', onProgress);
  const meter = new Meter('pruning', '', relay.onProgress);
  const { references, items } = await lookInto(repository, relay, signal);
  // The store is locked and cannot be read, but its deltas cannot change meanwhile either.
  const confirm = async (): Promise<void> => refuseIfNeeded(drop, await useHere(repository, references, signal));
  await confirm();
  meter.start(items - drop.length);
  await compactStore(path, drop, { confirm, signal, onDone: () => meter.weightDone(), onWaiting: relay.onWaiting });
  meter.finish();
  return { dropped: drop.length, freed: Math.max(0, before - statSync(path).size) };
}

async function lookInto(
  repository: Repository, relay: WaitingRelay, signal: AbortSignal | undefined,
): Promise<{ references: ReadonlyMap<string, string>; items: number }> {
  await using store = await repository.localStore('read', { onWaiting: relay.onWaiting });
  return { references: await referencesIn(store, signal), items: (await store.survey(signal)).items.length };
}

/** What the repository needs. Rejects when that is unknown. */
async function useHere(repository: Repository, references: ReadonlyMap<string, string>, signal: AbortSignal | undefined): Promise<Needed> {
  const { commits, staged, refs, versions, findings } = await readLocalHistory(await repository.coralFolder(), signal);
  const gaps = missingCommits({ commits, refs: [...refs, ...versions] }, { place: 'this repository', mend: 'fetch', known: new Set() });
  refuseIfUnsure([...findings, ...gaps]);
  if (commits.size === 0 && Object.keys(staged.weights).length === 0) {
    throw new CoralError('missing', 'Nothing was pruned: this repository has no commits, so nothing tells which weights are in use. Commit them, or pull the history first.');
  }
  const needed = neededBy(commits.values(), [staged], references);
  refuseIfUnknown(needed, references);
  return needed;
}

/** Delta hash to the weight it is based on; unreadable deltas are left out. */
export async function referencesIn(store: DeltaStore, signal: AbortSignal | undefined): Promise<Map<string, string>> {
  const read = await mapConcurrently(await store.listDeltas(signal), 32, (hash) => store.deltaMetadata(hash, signal).catch((error: unknown) => {
    if (CoralError.means(error, 'cannot be read')) return undefined;
    throw error;
  }));
  return new Map(read.flatMap((delta) => (delta === undefined ? [] : [[delta.hash, delta.referenceHash] as const])));
}

/** These name no weights, however damaged they are. */
const nameless: readonly Subject[] = ['remotes', 'training state', 'checkpoint list'];

/** What is damaged or missing may have named anything; a ref of a remote that was seen once, too. */
export function refuseIfUnsure(findings: readonly Finding[]): void {
  const first = findings.find(({ subject, severity, fault }) => (
    (severity === 'error' || fault === 'missing') && !nameless.includes(subject)));
  if (first !== undefined) {
    throw new CoralError(
      'corrupt', `Nothing was pruned, because it cannot be known what is in use. ${first.message}`, { path: first.path });
  }
}

export function refuseIfUnknown({ deltas }: Needed, references: ReadonlyMap<string, string>): void {
  const unknown = [...deltas].find((hash) => !references.has(hash));
  if (unknown === undefined) return;
  throw new CoralError(
    'missing', `Nothing was pruned: delta ${unknown} is in use, but is missing or damaged, so nobody can tell which weight it is based on. `
    + 'Run "Coral: Repair..." first.', { hash: unknown });
}

export function refuseIfNeeded(drop: readonly StoredKey[], needed: Needed): void {
  const used = drop.find((key) => isNeeded(needed, key));
  if (used === undefined) return;
  throw new CoralError(
    'conflict', `Nothing was pruned: ${used.kind} ${used.hash} has come into use since the list was made. `
    + 'Prune again to see a new list.', { hash: used.hash });
}

const storePath = async (repository: Repository): Promise<string> => join(await repository.coralFolder(), 'objects', 'weights.h5');

/** The size of the tensor: finding its stored size would mean asking HDF5 for each chunk. */
async function describe(
  store: HDF5Store, { kind, hash, incomplete }: SurveyedItem, signal: AbortSignal | undefined,
): Promise<Pick<PruneItem, 'name' | 'bytes'>> {
  if (incomplete) return {};
  try {
    if (kind === 'delta') return { bytes: (await store.readDelta(hash, signal))?.byteLength };
    const metadata = await store.metadata(hash, signal);
    return metadata === undefined ? {} : { name: metadata.name, bytes: byteLengthOf(metadata.shape, metadata.dtype) };
  } catch (error) {
    if (CoralError.means(error, 'cannot be read')) return {};
    throw error;
  }
}
