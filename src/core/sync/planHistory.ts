import type { Commit } from '../history/commit';
import type { RecordKindName } from '../history/recordKinds';
import { conflictingDelta, sameDelta } from '../weights/delta';
import type { Chosen, HistoryOptions } from './choice';
import { damagedWithoutCopy } from './inventory';
import { lackedBy, type Need, needsOf, parentsFirst } from './needs';
import { commitsOf, planBranches } from './planBranches';
import { type Part, planRecords } from './planRecords';
import { type Stay, stay, stayOf } from './stays';
import { type TravellerName, travellerNames } from './travellers';
import { type BranchMove, done, ends, type Scene, toName, type Way, withItems, type World } from './world';

/** What is sent with the weights, each kind before those that depend on it. */
export interface HistoryPlan extends Readonly<Record<TravellerName, readonly string[]>> {
  /** parents first */
  readonly commits: readonly string[];
  /** the branches that move where it goes to */
  readonly refs: readonly BranchMove[];
  /** tracking refs to update */
  readonly tracking: Readonly<Record<string, string>>;
  /** what stays behind and why */
  readonly stays: readonly Stay[];
}

/**
 * Plans what follows the weights that have arrived by now: deltas that can be decoded there, commits that are complete there,
 * records of such commits, and branches at them. Depends on nothing but what both sides hold. Of the kinds in `passed` nothing
 * more will arrive.
 */
export function planHistory(
  way: Way, world: World, chosen: Chosen, options: HistoryOptions, passed: readonly TravellerName[] = [],
): HistoryPlan {
  const [from, to] = ends(world, way);
  let scene: Scene = { way, world, from, to, chosen, options };
  const held: Stay[] = [];
  const going = travellerNames.map((kind) => {
    const { go, stays } = planners[kind]?.(scene) ?? planRecords(kind as RecordKindName, scene);
    const ids = passed.includes(kind) ? [] : go;
    scene = { ...scene, to: withItems(scene.to, from, { [kind]: ids }) };
    held.push(...stays);
    return [kind, ids] as const;
  });
  const { refs, tracking, stays } = planBranches(scene);
  return {
    ...Object.fromEntries(going) as Record<TravellerName, readonly string[]>, refs, tracking,
    stays: [...damagedWithoutCopy(from, scene.to).map(stayOf), ...held, ...stays],
  };
}

/** The kinds with rules of their own. */
const planners: Partial<Record<TravellerName, (scene: Scene) => Part>> = { deltas: planDeltas, commits: planCommits };

/**
 * Deltas that can be decoded there, or that a commit of either side needs to tell a full copy from a reference. One that is there
 * with other parameters is not replaced.
 */
function planDeltas(scene: Scene): Part {
  const { from, to, chosen: { commits: asked, leftOut } } = scene;
  const commits = [...commitsOf(from, to).values()].filter(({ commitHash }) => asked?.has(commitHash) !== false);
  const named = asked && new Set(commits.flatMap(({ deltaWeights }) => Object.values(deltaWeights)));
  const besideFullCopies = new Set(commits.flatMap(({ deltaWeights, weightHashes }) => (
    Object.entries(deltaWeights).flatMap(([name, hash]) => (from.deltas.get(hash)?.referenceHash === weightHashes[name] ? [] : [hash])))));
  const wanted = [...from.deltas.values()].filter((delta) => {
    const there = to.deltas.get(delta.hash);
    if (named?.has(delta.hash) === false || leftOut?.has(delta.hash) === true) return false;
    if (there !== undefined && sameDelta(there, delta)) return false;
    return to.weights.has(delta.referenceHash) || besideFullCopies.has(delta.hash);
  }).map(({ hash }) => hash);
  return {
    go: wanted.filter((hash) => !to.deltas.has(hash)),
    stays: wanted.filter((hash) => to.deltas.has(hash)).map((hash) => (
      { ...stayOf(conflictingDelta(hash, toName(scene))), hash: undefined })),
  };
}

function planCommits(scene: Scene): Part {
  const { from, to, chosen: { commits: asked, leftOut } } = scene;
  const missing = new Map([...commitsOf(from)].filter(([hash]) => !to.commits.has(hash) && asked?.has(hash) !== false));
  const go = new Set<string>();
  const stays: Stay[] = [];
  const notAsked: string[] = [];
  const isThere = (hash: string): boolean => to.commits.has(hash) || go.has(hash);
  for (const commit of parentsFirst(missing)) {
    // A parent that is held back is reported; its children need no reason of their own.
    const orphaned = commit.parentHashes.filter((parent) => !isThere(parent));
    const lost = orphaned.find((parent) => !missing.has(parent));
    if (lost !== undefined) stays.push(withoutPast(scene, commit, lost));
    if (orphaned.length > 0) continue;
    const lacked = lackedBy(to, needsOf(commit), from.deltas);
    if (lacked.length === 0) go.add(commit.commitHash);
    else if (lacked.every(({ hash }) => leftOut?.has(hash) === true)) notAsked.push(commit.commitHash);
    else stays.push(heldBack(scene, commit, lacked));
  }
  return { go: [...go], stays: [...stays, ...leftBehind(scene, notAsked)] };
}

function withoutPast(scene: Scene, { commitHash }: Commit, lost: string): Stay {
  return stay('missing', ({ wasNot }) => (
    `Commit ${commitHash} ${wasNot} ${done(scene.way)}: its parent ${lost} is not in ${toName(scene)}, and cannot be read here. `
    + 'Restore it from a copy.'));
}

function heldBack(scene: Scene, commit: Commit, [first, ...more]: readonly Need[]): Stay {
  const { way, from } = scene;
  const { kind, name, hash } = first ?? { kind: 'weight', name: '', hash: '' };
  const isHeld = kind === 'weight' ? from.weights.has(hash) : from.deltas.has(hash);
  const what = `"${name}" (${kind} ${hash})${more.length > 0 ? ` and ${more.length} more` : ''}`;
  const where = isHeld ? `not in ${toName(scene)}` : 'on neither side';
  return stay('missing', ({ wasNot }) => `Commit ${commitTitle(commit)} ${wasNot} ${done(way)}: ${what} is ${where}. `
    + (isHeld ? 'Try again when it has arrived.' : 'Restore it from a copy.'));
}

function leftBehind({ way }: Scene, commits: readonly string[]): Stay[] {
  const [first, ...more] = commits;
  if (first === undefined) return [];
  return [stay('missing', ({ wasNot, wereNot }) => {
    const what = more.length === 0 ? `Commit ${first} ${wasNot}` : `${commits.length} commits ${wereNot}`;
    return `${what} ${done(way)}, because weights that they name were left out.`;
  }, { isExpected: true })];
}

/** 1a2b3c4d "first line of its message" */
export function commitTitle({ commitHash, metadata: { message } }: Commit): string {
  const [line = ''] = message.split('\n');
  return `${commitHash.slice(0, 8)} ${JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line)}`;
}
