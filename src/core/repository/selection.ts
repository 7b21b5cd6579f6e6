import { CoralError } from '../errors';
import { ancestors, type Commits, isAncestor } from '../history/graph';
import { takeInventory } from '../history/inventory';
import type { Remote } from '../remotes/remote';
import type { WeightStore } from '../storage/weightStore';
import { mapAtOnce } from '../transfer/atOnce';
import { byteLengthOf } from '../weights/dtype';
import { type Branches, commitAt } from './branches';
import { namesOf } from './names';
import type { RepositoryState } from './repositoryState';
import { resolveRef } from './resolveRef';

/** What to move; everything when all are absent. */
export interface WhatToMove {
  /** Only these weights, and nothing of the history. */
  readonly weightHashes?: Iterable<string> | undefined;
  /** A branch or commit: it and what came before it, with the weights they name. */
  readonly upTo?: string | undefined;
  /** Only weights with a name that matches one of these, and that `exclude` does not match: "*" for any characters, "?" for one. */
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  /** Only weights of at most so many bytes, uncompressed. */
  readonly maxBytes?: number | undefined;
}

/** The part of a history that a transfer was asked for. */
export interface Chosen {
  /** undefined: all */
  readonly commits?: ReadonlySet<string> | undefined;
  /** where branches of the remote are to go; as they are here when absent */
  readonly branches?: Branches | undefined;
  /** weights that were not to be sent */
  readonly leftOut?: ReadonlySet<string> | undefined;
}

/** What the options come to, for push and pull alike. */
export interface Choice {
  /** undefined: all */
  readonly weightHashes?: ReadonlySet<string> | undefined;
  /** undefined: nothing of the history */
  readonly history?: Chosen | undefined;
}

export async function choose(what: WhatToMove, state: RepositoryState, local: WeightStore, remote: Remote, signal?: AbortSignal): Promise<Choice> {
  if (what.weightHashes !== undefined) return { weightHashes: new Set(what.weightHashes) };
  const { upTo, include, exclude, maxBytes } = what;
  if (upTo === undefined && include === undefined && exclude === undefined && maxBytes === undefined) return { history: {} };
  const { commits: theirs } = await takeInventory(remote, undefined, signal);
  const commits: Commits = new Map([...[...theirs].map(([hash, { value }]) => [hash, value] as const), ...state.commits]);
  const part = upTo === undefined ? undefined : partUpTo(upTo, state, commits);
  const [here, there] = await Promise.all([local.list(signal), remote.store.list(signal)]);
  const asked = part === undefined ? new Set([...here, ...there]) : weightsOf(commits, part.commits);
  const names = namesOf({ staged: state.staged, commits });
  const passes = nameFilter(include, exclude);
  const [ours, others] = [new Set(here), new Set(there)];
  const kept = await mapAtOnce(asked, 64, async (hash) => {
    if (!(names.get(hash) ?? ['']).some(passes)) return [];
    if (maxBytes === undefined || (ours.has(hash) && others.has(hash))) return [hash];
    const metadata = await (ours.has(hash) ? local : remote.store).metadata(hash, signal);
    return metadata !== undefined && byteLengthOf(metadata.shape, metadata.dtype) > maxBytes ? [] : [hash];
  });
  const weightHashes = new Set(kept.flat());
  const leftOut = new Set([...asked].filter((hash) => !weightHashes.has(hash)));
  return { weightHashes, history: { ...part, ...(leftOut.size > 0 ? { leftOut } : {}) } };
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

function nameFilter(include: readonly string[] | undefined, exclude: readonly string[] = []): (name: string) => boolean {
  const matches = (patterns: readonly string[]): ((name: string) => boolean) => {
    const expressions = patterns.map(globExpression);
    return (name) => expressions.some((expression) => expression.test(name));
  };
  const [wanted, unwanted] = [include === undefined ? () => true : matches(include), matches(exclude)];
  return (name) => wanted(name) && !unwanted(name);
}

function globExpression(pattern: string): RegExp {
  const source = pattern.replace(/[\\^$.+()[\]{}|]/g, '\\$&').replace(/\*+/g, '.*').replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'su');
}
