import { CoralError, type Reason } from '../errors';
import type { Commits } from '../history/graph';
import { damagedWithoutCopy, type Inventory, type Recorded, type Side, takeInventory } from './inventory';
import { wholeCommits } from './needs';
import type { Commit } from '../history/commit';
import { compareBranch, countCommits } from './branchMoves';
import { exchangeHistory, type ExchangeOutcome } from './exchange';
import { refAt, type Refs } from '../remotes/refs';
import type { Remote } from './remote';
import { SyncResult } from '../transfer/syncResult';
import { checkBranchName, isCommitHash } from '../validate';
import { type Branches, readBranches, readHead } from '../coralFolder/branches';
import { moveBranchFile, writeTrackingRef } from '../coralFolder/branchFiles';
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

interface PushedHistory {
  readonly result: SyncResult;
  /** weights without a name there */
  readonly nameless: ReadonlySet<string>;
}

/** Sends deltas, commits, versions and refs, once the weights are there. What fails is in the result. */
export async function pushHistory(transfer: HistoryTransfer): Promise<PushedHistory> {
  const { remote, local, coralFolder, chosen, force, signal } = transfer;
  const { here, there } = await bothInventories(transfer);
  const { name } = remote.config;
  const sent = await exchangeHistory(
    { side: local, holds: here, called: 'this repository' }, { side: remote, holds: there, called: name },
    { remote: name, way: 'push', ...chosen, force, signal });
  const result = new SyncResult({
    pushedDeltas: sent.deltas, pushedCommits: sent.commits, pushedVersions: sent.versions, warnings: sent.warnings,
    errors: [...located(damagedWithoutCopy(here, sent.holds), name), ...sent.errors],
  });
  const { nameless } = there;
  if (isStopped(sent)) return { result, nameless };
  const unread: CoralError[] = [];
  const branches = await readBranches(coralFolder, (problem) => { if (problem.reason === 'denied') unread.push(problem); }, signal);
  return { result: result.plus(new SyncResult({ errors: located(unread, name) })).plus(await pushBranches(transfer, branches, { here, there: sent.holds })), nameless };
}

/** Fetches deltas, commits, versions and refs, once the weights are here. What fails is in the result. */
export async function pullHistory(transfer: HistoryTransfer): Promise<SyncResult> {
  const { remote, local, chosen, force, signal } = transfer;
  const { name } = remote.config;
  const refs = await remote.fetchRefs(signal);
  const { here, there } = await bothInventories(transfer);
  const pulled = await exchangeHistory(
    { side: remote, holds: there, called: name }, { side: local, holds: here, called: 'this repository' },
    { remote: name, way: 'pull', ...chosen, force, signal });
  const result = new SyncResult({
    pulledDeltas: pulled.deltas, pulledCommits: pulled.commits, pulledVersions: pulled.versions,
    warnings: [...pulled.warnings, ...remote.warnings],
    errors: [...located(damagedWithoutCopy(there, pulled.holds), name), ...pulled.errors],
  });
  return isStopped(pulled) ? result : result.plus(await pullBranches(transfer, refs, { here: pulled.holds, there }));
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
  const { name: remoteName } = remote.config;
  const refs = await remote.fetchRefs(signal);
  const { ready, stuck, commits } = branchesToPush(transfer, branches, refs, inventories);
  const errors = chosen?.leftOut === undefined ? stuck.map((text) => new CoralError('missing', text, { remote: remoteName })) : [];
  const warnings = chosen?.leftOut === undefined ? [] : [...stuck];
  try {
    const moved = await remote.moveBranches(ready, commits, { force, signal });
    const { failures } = await track(coralFolder, remoteName, moved.refs, new Set(inventories.here.commits.keys()));
    const pushedBranches = Object.keys(moved.moved).length;
    warnings.push(...untracked(remoteName, failures));
    return new SyncResult({ pushedBranches, warnings, errors: [...errors, ...moved.errors] });
  } catch (error) {
    return new SyncResult({ warnings, errors: [...errors, CoralError.from(error, 'network').with({ remote: remoteName })] });
  }
}

interface PushedBranches {
  readonly ready: Refs;
  readonly stuck: readonly string[];
  readonly commits: Commits;
}

/** Which branches may go where they are here, and in sentences which may not; `there` is what the remote holds by then. */
export function branchesToPush(transfer: HistoryTransfer, branches: Branches, refs: Refs, { here, there }: Inventories): PushedBranches {
  const { remote, chosen } = transfer;
  const commits = commitsOf(here.commits, there.commits);
  const whole = wholeCommits(commitsOf(there.commits), there, here.deltas);
  const wanted = Object.entries(chosen?.branches ?? branches).filter(([, tip]) => tip !== '');
  const notMoved = `${beNot(transfer)} moved on ${remote.config.name}`;
  const stuck = wanted.filter(([name, tip]) => !whole.has(tip) && refAt(refs, name) !== tip).flatMap(([name, tip]) => (
    compareBranch(name, tip, refAt(refs, name), commits).state === 'behind' ? []
      : [`Branch "${name}" ${notMoved}: commit ${tip}, or something it needs, is not there.`]));
  return { ready: Object.fromEntries(wanted.filter(([, tip]) => whole.has(tip))), stuck, commits };
}

/** Tracking refs, then branches: each moves only to a commit that can be read here in full, and a branch only forward. */
async function pullBranches(transfer: HistoryTransfer, all: Refs, inventories: Inventories): Promise<SyncResult> {
  const { remote, coralFolder, moveBranches = true, signal } = transfer;
  const { refs, whole, moves, problems, warnings } = await branchesToPull(transfer, all, inventories);
  const { trackedBranches, failures } = await track(coralFolder, remote.config.name, refs, whole);
  const errors = [...problems, ...failures];
  const moved = new Set(trackedBranches);
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

/** Refs of the remote. */
interface FollowedRefs {
  /** those that may be noted here */
  readonly refs: Refs;
  readonly problems: readonly CoralError[];
  /** why others are not followed, or branches here stay where they are */
  readonly warnings: readonly string[];
}

interface BranchMove {
  readonly name: string;
  /** undefined for one that is to be made */
  readonly from: string | undefined;
  readonly to: string;
}

interface PulledBranches extends FollowedRefs {
  readonly whole: ReadonlySet<string>;
  readonly moves: readonly BranchMove[];
}

/** What a pull does with the remote's branches; `here` is what the repository holds by then. */
export async function branchesToPull(transfer: HistoryTransfer, all: Refs, { here, there }: Inventories): Promise<PulledBranches> {
  const commits = commitsOf(here.commits, there.commits);
  const whole = wholeCommits(commitsOf(here.commits), here, there.deltas);
  const { refs, problems, warnings } = refsToFollow(transfer, all, whole, commits);
  const { moves, left } = await branchesToMove(transfer, refs, commits);
  return { refs, whole, moves, problems, warnings: [...warnings, ...left] };
}

/** What cannot be followed because it was not asked for is no problem. */
function refsToFollow(transfer: HistoryTransfer, all: Refs, whole: ReadonlySet<string>, commits: Commits): FollowedRefs {
  const { remote: { config: { name: remoteName } }, chosen } = transfer;
  const refs: [string, string][] = [];
  const problems: CoralError[] = [];
  const warnings: string[] = [];
  for (const [name, tip] of Object.entries(all)) {
    const problem = refProblem(name, tip, whole, commits, remoteName);
    if (problem === undefined) {
      refs.push([name, tip]);
      continue;
    }
    if (chosen?.commits?.has(tip) === false) continue;
    if (problem.reason === 'missing' && chosen?.leftOut !== undefined) {
      const lacking = `commit ${tip.slice(0, 64)}, or something it needs, is not here`;
      warnings.push(`Branch "${name}" of ${remoteName} ${beNot(transfer)} followed: ${lacking}.`);
    } else problems.push(problem.with({ remote: remoteName }));
  }
  return { refs: Object.fromEntries(refs), problems, warnings };
}

/** Which branches here go where the remote's are, and in sentences why others are left as they are. */
async function branchesToMove(
  { remote, coralFolder, isTrial }: HistoryTransfer, refs: Refs, commits: Commits,
): Promise<{ readonly moves: readonly BranchMove[]; readonly left: readonly string[] }> {
  const branches = await readBranches(coralFolder, () => undefined);
  const head = await readHead(coralFolder, branches, () => undefined);
  const moves: BranchMove[] = [];
  const left: string[] = [];
  const asItIs = `${isTrial ? 'will be' : 'was'} left as it is`;
  const leave = (name: string, why: string): void => { left.push(`Branch "${name}" ${asItIs}: ${why}`); };
  for (const [name, tip] of Object.entries(refs)) {
    const isOurs = Object.hasOwn(branches, name);
    // HEAD must not name a branch that is not there; other branches of the remote are made when someone wants them.
    if (!isOurs && head.branch !== name) continue;
    const { state, here: at, ahead, behind } = compareBranch(name, refAt(branches, name), tip, commits);
    const [oursOnly, theirsOnly] = [countCommits(ahead), countCommits(behind)];
    if (state === 'behind') moves.push({ name, from: isOurs ? at ?? '' : undefined, to: tip });
    if (state === 'diverged') {
      leave(name, `${oursOnly} here and ${theirsOnly} on ${remote.config.name} are not on the other side. Merge them.`);
    }
    if (state === 'unknown') leave(name, `it is at commit ${String(at)}, which is on neither side.`);
  }
  return { moves, left };
}

const beNot = ({ isTrial }: HistoryTransfer): string => (isTrial ? 'will not be' : 'was not');

function refProblem(name: string, tip: string, whole: ReadonlySet<string>, commits: Commits, remote: string): CoralError | undefined {
  try {
    checkBranchName(name);
  } catch (error) {
    return CoralError.from(error);
  }
  if (isCommitHash(tip) && whole.has(tip)) return undefined;
  const why = isCommitHash(tip) && commits.has(tip) ? 'it, or something it needs, is not here' : 'it is on neither side';
  const where = `Branch "${name}" of ${remote} is at commit ${tip.slice(0, 64)}`;
  return new CoralError('missing', `${where}: ${why}. Push it from a repository that has it.`);
}

interface Tracked {
  /** branches that were seen elsewhere before, or not at all */
  readonly trackedBranches: readonly string[];
  readonly failures: readonly CoralError[];
}

/** Notes where the remote's branches are, as far as their commits are here. */
async function track(coralFolder: string, remote: string, refs: Refs, known: ReadonlySet<string>): Promise<Tracked> {
  const trackedBranches: string[] = [];
  const failures: CoralError[] = [];
  for (const [name, tip] of Object.entries(refs)) {
    if (!known.has(tip)) continue;
    try {
      if (await writeTrackingRef(coralFolder, remote, name, tip)) trackedBranches.push(name);
    } catch (error) {
      failures.push(CoralError.from(error));
    }
  }
  return { trackedBranches, failures };
}

/** A push is complete without these notes, and a repository may be one that can only be read: told once, in calm words. */
function untracked(remote: string, [failure]: readonly CoralError[]): string[] {
  if (failure === undefined) return [];
  return [`What was pushed is on ${remote}; where its branches are could not be noted in this repository. ${failure.message}`];
}

function commitsOf(...sides: readonly ReadonlyMap<string, Recorded<Commit>>[]): Commits {
  return new Map(sides.flatMap((side) => [...side].map(([hash, { value }]) => [hash, value] as const)));
}

/** What comes next would meet the same failure. */
const stopping: ReadonlySet<Reason> = new Set(['cancelled', 'network', 'auth', 'denied', 'full', 'busy']);

function isStopped({ errors }: ExchangeOutcome): boolean {
  return errors.some(({ reason }) => stopping.has(reason));
}

const located = (errors: readonly CoralError[], remote: string): CoralError[] => errors.map((error) => error.with({ remote }));
