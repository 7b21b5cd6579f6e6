import { mapConcurrently } from '../base/mapConcurrently';
import { type Branches, commitAt } from '../coralFolder/branches';
import { nameFilter } from '../coralFolder/nameFilter';
import { deltaNamesOf, namesOf } from '../coralFolder/names';
import { resolveRef } from '../coralFolder/resolveRef';
import { CoralError } from '../base/errors';
import { ancestors, type Commits, isAncestor } from '../history/graph';
import type { WeightStore } from '../storage/weightStore';
import { byteLengthOf } from '../weights/dtype';
import { storedName } from '../weights/storedName';
import type { WeightMetadata } from '../weights/weight';
import type { Choice, HistoryOptions, WhatToMove } from './choice';
import type { Look } from './look';
import type { Ends } from './lookAt';
import { commitsOf } from './planBranches';
import { planWeights } from './planWeights';
import { ends, type Way } from './world';

/** Applies the options to both sides. Reads from a store only names of weights that no commit names, and sizes where there is a limit. */
export async function choose(
  what: WhatToMove & HistoryOptions, ways: readonly Way[], look: Look, stores: Pick<Ends, 'local' | 'remote'>, signal?: AbortSignal,
): Promise<Choice> {
  const { upTo, include, exclude, maxBytes, force, moveBranches, filterCalled = 'include, exclude and maxBytes' } = what;
  const options = { force, moveBranches };
  if (what.weightHashes !== undefined) return { ...options, weightHashes: new Set(what.weightHashes), warnings: [] };
  if ([upTo, include, exclude, maxBytes].every((each) => each === undefined)) return { ...options, history: {}, warnings: [] };
  const commits = commitsOf(look.there, look.here);
  const part = upTo === undefined ? undefined : partUpTo(upTo, look, commits);
  const held = (): Set<string> => new Set(ways.flatMap((way) => [...ends(look, way)[0].weights.keys()]));
  const asked = part === undefined ? held() : weightsOf(commits, part.commits);
  const named = { staged: look.staged, commits };
  const passes = nameFilter(include, exclude);
  const test = weightTest(what, passes, namesOf(named), look, stores);
  const weightHashes = new Set((await mapConcurrently(asked, 64, async (hash) => (await test(hash, signal) ? [hash] : []))).flat());
  const heldBack = [...asked].filter((hash) => !weightHashes.has(hash));
  const leftOut = new Set([...heldBack, ...[...deltaNamesOf(named)].flatMap(([hash, names]) => (passes(names) ? [] : [hash]))]);
  const count = new Set(ways.flatMap((way) => {
    const [from, to] = ends(look, way);
    return planWeights(from.weights, to.weights, { weightHashes: heldBack, force }).send;
  })).size;
  const were = count === 1 ? 'weight was' : 'weights were';
  const warnings = count === 0 ? [] : [`${count.toLocaleString('en-US')} ${were} left out by ${filterCalled}.`];
  return { ...options, weightHashes, history: { ...part, ...(leftOut.size > 0 ? { leftOut } : {}) }, warnings };
}

function weightTest(
  { include, exclude, maxBytes }: WhatToMove, passes: (names: readonly string[]) => boolean, names: ReadonlyMap<string, readonly string[]>,
  { here: { weights: here }, there: { weights: there } }: Look, { local, remote }: Pick<Ends, 'local' | 'remote'>,
): (hash: string, signal: AbortSignal | undefined) => Promise<boolean> {
  const isByName = include !== undefined || exclude !== undefined;
  return async (hash, signal) => {
    const store: WeightStore = here.has(hash) ? local.store : remote.store;
    if (isByName && !passes(names.get(hash) ?? await readName(store.metadata(hash, signal)))) return false;
    if (maxBytes === undefined || (here.has(hash) && there.has(hash))) return true;
    const metadata = await store.metadata(hash, signal);
    return metadata === undefined || byteLengthOf(metadata.shape, metadata.dtype) <= maxBytes;
  };
}

/** For weights that no commit names. One that cannot be read cannot move either; the transfer reports that. */
async function readName(metadata: Promise<WeightMetadata | undefined>): Promise<string[]> {
  try {
    const found = await metadata;
    const name = found && storedName(found);
    return name === undefined ? [] : [name];
  } catch (error) {
    if (CoralError.is(error, 'corrupt')) return [];
    throw error;
  }
}

interface Part {
  readonly commits: ReadonlySet<string>;
  readonly branches: Branches;
}

/** The branch that moves: the one asked for, else the current one if the commit is on it. */
function partUpTo(ref: string, { here: { refs: branches }, head }: Look, commits: Commits): Part {
  const tip = resolveRef({ head, branches, commits }, ref);
  if (tip === undefined) return { commits: new Set(), branches: {} };
  const part = upToCommit(commits, tip);
  if (Object.hasOwn(branches, ref)) return { commits: part, branches: { [ref]: tip } };
  const current = head.branch === undefined ? undefined : commitAt(branches, head.branch);
  if (head.branch === undefined || current === undefined || !isAncestor(commits, tip, current)) return { commits: part, branches: {} };
  return { commits: part, branches: { [head.branch]: tip } };
}

/** Reason "missing" when a commit cannot be read: what it names is unknown. */
function upToCommit(commits: Commits, tip: string): Set<string> {
  const found = ancestors(commits, tip);
  const unread = [tip, ...found.flatMap(({ parentHashes }) => parentHashes)].find((hash) => !commits.has(hash));
  if (unread === undefined) return new Set(found.map(({ commitHash }) => commitHash));
  const what = unread === tip ? `${tip} cannot be read: it` : `What comes before ${tip} is not known: commit ${unread}`;
  throw new CoralError('missing', `${what} is damaged or on neither side. Restore its file from a copy.`);
}

function weightsOf(commits: Commits, part: ReadonlySet<string>): Set<string> {
  return new Set([...part].flatMap((hash) => Object.values(commits.get(hash)?.weightHashes ?? {})));
}
