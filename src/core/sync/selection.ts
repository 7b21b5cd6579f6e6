import { CoralError } from '../errors';
import { ancestors, type Commits, isAncestor } from '../history/graph';
import { takeInventory } from './inventory';
import type { Remote } from './remote';
import type { WeightStore } from '../storage/weightStore';
import { mapAtOnce } from '../base/mapAtOnce';
import { planWays, type Selection, type Way } from './plan';
import { byteLengthOf } from '../weights/dtype';
import type { WeightMetadata } from '../weights/weight';
import { type Branches, commitAt } from '../coralFolder/branches';
import { nameFilter } from '../coralFolder/nameFilter';
import { deltaNamesOf, namesOf } from '../coralFolder/names';
import type { RepositoryState } from '../coralFolder/repositoryState';
import { resolveRef } from '../coralFolder/resolveRef';

/** What to move; everything when all are absent. */
export interface WhatToMove {
  /** Only these weights, and nothing of the history. */
  readonly weightHashes?: Iterable<string> | undefined;
  /** A branch or commit: it and what came before it, with the weights they name. */
  readonly upTo?: string | undefined;
  /** Only weights and deltas of which a name matches one of these, and no name matches `exclude`: see `nameFilter`. Nothing to `weightHashes`. */
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  /** Only weights of at most so many bytes, uncompressed. */
  readonly maxBytes?: number | undefined;
  /** what people know `include` and `exclude` by, for the sentence about what they left out */
  readonly filterCalled?: string | undefined;
}

/** The part of a history that a transfer was asked for. */
export interface Chosen {
  /** undefined: all */
  readonly commits?: ReadonlySet<string> | undefined;
  /** where branches of the remote are to go; as they are here when absent */
  readonly branches?: Branches | undefined;
  /** weights and deltas that were not to be sent */
  readonly leftOut?: ReadonlySet<string> | undefined;
}

/** What the options come to, for push and pull alike. */
export interface Choice {
  /** undefined: all */
  readonly weightHashes?: ReadonlySet<string> | undefined;
  /** undefined: nothing of the history */
  readonly history?: Chosen | undefined;
  /** how many weights would have moved if they had not been left out, in a sentence */
  readonly warnings: readonly string[];
}

/** What is to be chosen from, and which ways it is to go. */
export interface Offer {
  readonly ways: readonly Way[];
  readonly state: RepositoryState;
  readonly local: WeightStore;
  readonly remote: Remote;
}

export async function choose(what: WhatToMove & Pick<Selection, 'force'>, { ways, state, local, remote }: Offer, signal?: AbortSignal): Promise<Choice> {
  if (what.weightHashes !== undefined) return { weightHashes: new Set(what.weightHashes), warnings: [] };
  const { upTo, include, exclude, maxBytes, force, filterCalled = 'include, exclude and maxBytes' } = what;
  if (upTo === undefined && include === undefined && exclude === undefined && maxBytes === undefined) return { history: {}, warnings: [] };
  const { commits: theirs } = await takeInventory(remote, undefined, signal);
  const commits: Commits = new Map([...[...theirs].map(([hash, { value }]) => [hash, value] as const), ...state.commits]);
  const part = upTo === undefined ? undefined : partUpTo(upTo, state, commits);
  const [here, there] = await Promise.all([local.list(signal), remote.store.list(signal)]);
  const asked = part === undefined ? new Set(ways.flatMap((way) => (way === 'push' ? here : there))) : weightsOf(commits, part.commits);
  const named = { staged: state.staged, commits };
  const passes = nameFilter(include, exclude);
  const test = weightTest(what, passes, namesOf(named), { here: new Set(here), there: new Set(there), local, remote: remote.store });
  const weightHashes = new Set((await mapAtOnce(asked, 64, async (hash) => (await test(hash, signal) ? [hash] : []))).flat());
  const heldBack = [...asked].filter((hash) => !weightHashes.has(hash));
  const leftOut = new Set([...heldBack, ...[...deltaNamesOf(named)].flatMap(([hash, names]) => (passes(names) ? [] : [hash]))]);
  const { push, pull } = planWays(ways, here, there, { weightHashes: heldBack, force });
  const count = new Set([...push?.send ?? [], ...pull?.send ?? []]).size;
  const warnings = count === 0 ? [] : [`${count.toLocaleString('en-US')} ${count === 1 ? 'weight was' : 'weights were'} left out by ${filterCalled}.`];
  return { weightHashes, history: { ...part, ...(leftOut.size > 0 ? { leftOut } : {}) }, warnings };
}

interface Sides {
  readonly here: ReadonlySet<string>;
  readonly there: ReadonlySet<string>;
  readonly local: WeightStore;
  readonly remote: WeightStore;
}

/** Looks into a store only for the name of what no commit names, and for a size where there is a limit. */
function weightTest(
  { include, exclude, maxBytes }: WhatToMove, passes: (names: readonly string[]) => boolean, names: ReadonlyMap<string, readonly string[]>, { here, there, local, remote }: Sides,
): (hash: string, signal: AbortSignal | undefined) => Promise<boolean> {
  const isByName = include !== undefined || exclude !== undefined;
  return async (hash, signal) => {
    const look = async (): Promise<WeightMetadata | undefined> => (here.has(hash) ? local : remote).metadata(hash, signal);
    if (isByName && !passes(names.get(hash) ?? await storedName(look()))) return false;
    if (maxBytes === undefined || (here.has(hash) && there.has(hash))) return true;
    const metadata = await look();
    return metadata === undefined || byteLengthOf(metadata.shape, metadata.dtype) <= maxBytes;
  };
}

/** For what no commit names. One that cannot be read cannot move either, which the transfer tells. */
async function storedName(metadata: Promise<WeightMetadata | undefined>): Promise<string[]> {
  try {
    const name = (await metadata)?.name;
    return name === undefined || name === 'unnamed' ? [] : [name];
  } catch (error) {
    if (CoralError.is(error, 'corrupt')) return [];
    throw error;
  }
}

interface Part {
  readonly commits: ReadonlySet<string>;
  readonly branches: Branches;
}

/** The branch that goes there: the one that was asked for, else the current one if the commit is on it. */
function partUpTo(ref: string, state: RepositoryState, commits: Commits): Part {
  const { branches, head } = state;
  const tip = resolveRef({ ...state, commits }, ref);
  if (tip === undefined) return { commits: new Set(), branches: {} };
  const part = upToCommit(commits, tip);
  if (Object.hasOwn(branches, ref)) return { commits: part, branches: { [ref]: tip } };
  const current = head.branch === undefined ? undefined : commitAt(branches, head.branch);
  if (head.branch === undefined || current === undefined || !isAncestor(commits, tip, current)) return { commits: part, branches: {} };
  return { commits: part, branches: { [head.branch]: tip } };
}

/** Reason "missing" when one of them cannot be read: what it names is not known. */
function upToCommit(commits: Commits, tip: string): Set<string> {
  const found = ancestors(commits, tip);
  const unread = found.flatMap(({ parentHashes }) => parentHashes).find((hash) => !commits.has(hash));
  if (unread !== undefined) throw new CoralError('missing', `What comes before ${tip} is not known: commit ${unread} is damaged or on neither side. Restore its file from a copy.`);
  return new Set(found.map(({ commitHash }) => commitHash));
}

function weightsOf(commits: Commits, part: ReadonlySet<string>): Set<string> {
  return new Set([...part].flatMap((hash) => Object.values(commits.get(hash)?.weightHashes ?? {})));
}
