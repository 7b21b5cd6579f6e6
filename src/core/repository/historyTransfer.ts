import { CoralError } from '../errors';
import type { Commits } from '../history/graph';
import { damagedWithoutCopy, type Inventory, type Recorded, type Side, takeInventory } from '../history/inventory';
import { wholeCommits } from '../history/needs';
import type { Commit } from '../history/commit';
import { compareBranch, countCommits } from '../remotes/branchMoves';
import { exchangeHistory, type ExchangeOutcome } from '../remotes/exchange';
import { refAt, type Refs } from '../remotes/refs';
import type { Remote } from '../remotes/remote';
import { SyncResult } from '../remotes/syncResult';
import { checkBranchName, isCommitHash } from '../validate';
import { type Branches, readBranches, readHead } from './branches';
import { moveBranchFile, writeTrackingRef } from './branchFiles';
import type { Chosen } from './selection';

export interface HistoryTransfer {
  readonly local: Side;
  readonly remote: Remote;
  readonly coralFolder: string;
  /** the part of the history that was asked for; all when absent */
  readonly chosen?: Chosen | undefined;
  readonly force?: boolean | undefined;
  /** whether a pull moves branches here; only tracking refs otherwise */
  readonly moveBranches?: boolean | undefined;
  /** only to find out what would happen; says "will" for "was" */
  readonly isTrial?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Sends deltas, commits, versions and refs, once the weights are there. What fails is in the result; `nameless` are weights without a name there. */
export async function pushHistory(transfer: HistoryTransfer): Promise<{ readonly result: SyncResult; readonly nameless: ReadonlySet<string> }> {
  const { remote, local, coralFolder, chosen, force, signal } = transfer;
  const { here, there } = await bothInventories(transfer);
  const { name } = remote.config;
  const sent = await exchangeHistory(
    { side: local, holds: here, called: 'this repository' }, { side: remote, holds: there, called: name }, { remote: name, way: 'push', ...chosen, force, signal });
  const result = new SyncResult({
    pushedDeltas: sent.deltas, pushedCommits: sent.commits, pushedVersions: sent.versions, warnings: sent.warnings, errors: [...located(damagedWithoutCopy(here, sent.holds), name), ...sent.errors],
  });
  const { nameless } = there;
  if (isStopped(sent)) return { result, nameless };
  return { result: result.plus(await pushBranches(transfer, await readBranches(coralFolder, () => undefined), { here, there: sent.holds })), nameless };
}

/** Fetches deltas, commits, versions and refs, once the weights are here. What fails is in the result. */
export async function pullHistory(transfer: HistoryTransfer): Promise<SyncResult> {
  const { remote, local, chosen, force, signal } = transfer;
  const { name } = remote.config;
  const refs = await remote.fetchRefs(signal);
  const { here, there } = await bothInventories(transfer);
  const brought = await exchangeHistory(
    { side: remote, holds: there, called: name }, { side: local, holds: here, called: 'this repository' }, { remote: name, way: 'pull', ...chosen, force, signal });
  const result = new SyncResult({
    pulledDeltas: brought.deltas, pulledCommits: brought.commits, pulledVersions: brought.versions, warnings: [...brought.warnings, ...remote.warnings],
    errors: [...located(damagedWithoutCopy(there, brought.holds), name), ...brought.errors],
  });
  return isStopped(brought) ? result : result.plus(await pullBranches(transfer, refs, { here: brought.holds, there }));
}

/** The names of weights that the remote holds without any, from here: from the store, or from what commits call them. */
export async function pushNames(
  { local, remote, signal }: HistoryTransfer, nameless: Iterable<string>, names: ReadonlyMap<string, readonly string[]>,
): Promise<SyncResult> {
  const { store } = remote;
  const errors: CoralError[] = [];
  let sent = 0;
  for (const hash of nameless) {
    try {
      const metadata = await local.store.metadata(hash, signal);
      if (metadata === undefined || store.writeMetadata === undefined) continue;
      const given = names.get(hash)?.[0];
      await store.writeMetadata(metadata.name === 'unnamed' && given !== undefined ? { ...metadata, name: given } : metadata, signal);
      sent += 1;
    } catch (error) {
      errors.push(CoralError.from(error, 'network').with({ hash, remote: remote.config.name }));
    }
  }
  const lost = await store.confirm?.(signal) ?? [];
  return new SyncResult({ pushedNames: sent - lost.length, errors: [...errors, ...lost] });
}

export interface Inventories {
  readonly here: Inventory;
  readonly there: Inventory;
}

export async function bothInventories({ local, remote, signal }: HistoryTransfer): Promise<Inventories> {
  const here = await takeInventory(local, undefined, signal);
  return { here, there: await takeInventory(remote, here, signal) };
}

/** Refs move last, and only to commits that can be read there in full. */
async function pushBranches(transfer: HistoryTransfer, branches: Branches, inventories: Inventories): Promise<SyncResult> {
  const { remote, coralFolder, chosen, force, signal } = transfer;
  const { name: called } = remote.config;
  const refs = await remote.fetchRefs(signal);
  const { ready, stuck, commits } = branchesToPush(transfer, branches, refs, inventories);
  const errors = chosen?.leftOut === undefined ? stuck.map((text) => new CoralError('missing', text, { remote: called })) : [];
  const warnings = chosen?.leftOut === undefined ? [] : stuck;
  try {
    const moved = await remote.moveBranches(ready, commits, { force, signal });
    const { failures } = await track(coralFolder, called, moved.refs, new Set(inventories.here.commits.keys()));
    const pushedBranches = Object.keys(moved.moved).length;
    return new SyncResult({ pushedBranches, warnings: [...warnings, ...untracked(called, failures)], errors: [...errors, ...moved.errors] });
  } catch (error) {
    return new SyncResult({ warnings, errors: [...errors, CoralError.from(error, 'network').with({ remote: called })] });
  }
}

/** Which branches may go where they are here, and in sentences which may not; `there` is what the remote holds by then. */
export function branchesToPush(
  { remote, chosen, isTrial }: HistoryTransfer, branches: Branches, refs: Refs, { here, there }: Inventories,
): { readonly ready: Refs; readonly stuck: readonly string[]; readonly commits: Commits } {
  const commits = commitsOf(here.commits, there.commits);
  const whole = wholeCommits(commitsOf(there.commits), there, here.deltas);
  const wanted = Object.entries(chosen?.branches ?? branches).filter(([, tip]) => tip !== '');
  const stuck = wanted.filter(([name, tip]) => !whole.has(tip) && refAt(refs, name) !== tip).flatMap(([name, tip]) => (
    compareBranch(name, tip, refAt(refs, name), commits).state === 'behind' ? []
      : [`Branch "${name}" ${isTrial ? 'will not be' : 'was not'} moved on ${remote.config.name}: commit ${tip}, or something it needs, is not there.`]));
  return { ready: Object.fromEntries(wanted.filter(([, tip]) => whole.has(tip))), stuck, commits };
}

/** Tracking refs, then branches: each moves only to a commit that can be read here in full, and a branch only forward. */
async function pullBranches(transfer: HistoryTransfer, all: Refs, inventories: Inventories): Promise<SyncResult> {
  const { remote, coralFolder, moveBranches = true, signal } = transfer;
  const { refs, whole, moves, problems, warnings } = await branchesToPull(transfer, all, inventories);
  const { noted, failures } = await track(coralFolder, remote.config.name, refs, whole);
  const errors = [...problems, ...failures];
  const moved = new Set(noted);
  if (!moveBranches || signal?.aborted === true) return new SyncResult({ pulledBranches: moved.size, errors });
  for (const { name, from, to } of moves) {
    try {
      if (await moveBranchFile(coralFolder, name, from, to)) moved.add(name);
    } catch (error) {
      errors.push(CoralError.from(error));
    }
  }
  return new SyncResult({ pulledBranches: moved.size, errors, warnings });
}

interface PulledBranches {
  /** refs of the remote that may be noted here */
  readonly refs: Refs;
  readonly whole: ReadonlySet<string>;
  readonly moves: readonly { readonly name: string; readonly from: string | undefined; readonly to: string }[];
  readonly problems: readonly CoralError[];
  /** why branches here stay where they are */
  readonly warnings: readonly string[];
}

/** What a pull does with the remote's branches; `here` is what the repository holds by then. */
export async function branchesToPull({ remote, coralFolder, chosen, isTrial }: HistoryTransfer, all: Refs, { here, there }: Inventories): Promise<PulledBranches> {
  const { name: called } = remote.config;
  const left = `${isTrial ? 'will be' : 'was'} left as it is`;
  const problems: CoralError[] = [];
  const warnings: string[] = [];
  const commits = commitsOf(here.commits, there.commits);
  const whole = wholeCommits(commitsOf(here.commits), here, there.deltas);
  const refs = Object.fromEntries(Object.entries(all).filter(([name, tip]) => {
    const problem = refProblem(name, tip, whole, commits, called);
    if (problem === undefined) return true;
    if (chosen?.commits?.has(tip) === false) return false;
    if (problem.reason === 'missing' && chosen?.leftOut !== undefined) warnings.push(`Branch "${name}" of ${called} ${isTrial ? 'will not be' : 'was not'} followed: commit ${tip.slice(0, 64)}, or something it needs, is not here.`);
    else problems.push(problem.with({ remote: called }));
    return false;
  }));
  const branches = await readBranches(coralFolder, () => undefined);
  const head = await readHead(coralFolder, branches, () => undefined);
  const moves = Object.entries(refs).flatMap(([name, tip]) => {
    const isOurs = Object.hasOwn(branches, name);
    // HEAD must not name a branch that is not there; other branches of the remote are made when someone wants them.
    if (!isOurs && head.branch !== name) return [];
    const { state, here: at, ahead, behind } = compareBranch(name, refAt(branches, name), tip, commits);
    if (state === 'diverged') warnings.push(`Branch "${name}" ${left}: ${countCommits(ahead)} here and ${countCommits(behind)} on ${called} are not on the other side. Merge them.`);
    if (state === 'unknown') warnings.push(`Branch "${name}" ${left}: it is at commit ${String(at)}, which is on neither side.`);
    return state === 'behind' ? [{ name, from: isOurs ? at ?? '' : undefined, to: tip }] : [];
  });
  return { refs, whole, moves, problems, warnings };
}

function refProblem(name: string, tip: string, whole: ReadonlySet<string>, commits: Commits, remote: string): CoralError | undefined {
  try {
    checkBranchName(name);
  } catch (error) {
    return CoralError.from(error);
  }
  if (isCommitHash(tip) && whole.has(tip)) return undefined;
  const why = isCommitHash(tip) && commits.has(tip) ? 'it, or something it needs, is not here' : 'it is on neither side';
  return new CoralError('missing', `Branch "${name}" of ${remote} is at commit ${tip.slice(0, 64)}: ${why}. Push it from a repository that has it.`);
}

interface Tracked {
  /** branches that were seen elsewhere before, or not at all */
  readonly noted: readonly string[];
  readonly failures: readonly CoralError[];
}

/** Notes where the remote's branches are, as far as their commits are here. */
async function track(coralFolder: string, remote: string, refs: Refs, known: ReadonlySet<string>): Promise<Tracked> {
  const noted: string[] = [];
  const failures: CoralError[] = [];
  for (const [name, tip] of Object.entries(refs)) {
    if (!known.has(tip)) continue;
    try {
      if (await writeTrackingRef(coralFolder, remote, name, tip)) noted.push(name);
    } catch (error) {
      failures.push(CoralError.from(error));
    }
  }
  return { noted, failures };
}

/** A push is complete without these notes, and a repository may be one that can only be read: told once, in calm words. */
function untracked(remote: string, [failure]: readonly CoralError[]): string[] {
  return failure === undefined ? [] : [`What was pushed is on ${remote}; where its branches are could not be noted in this repository. ${failure.message}`];
}

function commitsOf(...sides: readonly ReadonlyMap<string, Recorded<Commit>>[]): Commits {
  return new Map(sides.flatMap((side) => [...side].map(([hash, { value }]) => [hash, value] as const)));
}

function isStopped({ errors }: ExchangeOutcome): boolean {
  return errors.some(({ reason }) => reason === 'cancelled' || reason === 'network' || reason === 'auth' || reason === 'denied' || reason === 'full' || reason === 'busy');
}

const located = (errors: readonly CoralError[], remote: string): CoralError[] => errors.map((error) => error.with({ remote }));
