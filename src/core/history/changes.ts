import type { Commit } from './commit';

/** What a commit did to a name, compared with its first parent. */
export interface WeightChange {
  readonly name: string;
  /** A: added, M: changed, D: no longer listed */
  readonly kind: 'A' | 'M' | 'D';
  /** what the commit records for the name; undefined for D. With `deltaHash` it is the weight that the delta is based on. */
  readonly hash?: string | undefined;
  /** the same of the parent; undefined for A */
  readonly formerHash?: string | undefined;
  /** the delta that is stored instead of the weight itself, if there is one */
  readonly deltaHash?: string | undefined;
}

export interface ChangeCounts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** Delta hash to the hash of the weight that the delta is based on, for the deltas that could be read. */
export type DeltaReferences = ReadonlyMap<string, string>;

type Recorded = Pick<Commit, 'weightHashes' | 'deltaWeights'>;

/** "layers.2" before "layers.10" */
const byName = new Intl.Collator('en', { numeric: true });

/**
 * All that differs between a commit and its first parent (undefined for a first commit), by name. A commit lists what was staged for it:
 * what it does not list counts as removed, as `coral diff` has it.
 */
export function changesOf(commit: Recorded, parent: Recorded | undefined, references: DeltaReferences): WeightChange[] {
  const changes: WeightChange[] = [];
  for (const name of Object.keys(commit.weightHashes)) {
    const now = versionOf(commit, name, references);
    const former = versionOf(parent, name, references);
    if (now?.hash === former?.hash && now?.deltaHash === former?.deltaHash) continue;
    changes.push({ name, kind: former ? 'M' : 'A', hash: now?.hash, formerHash: former?.hash, deltaHash: now?.deltaHash });
  }
  for (const [name, formerHash] of Object.entries(parent?.weightHashes ?? {})) {
    if (!Object.hasOwn(commit.weightHashes, name)) changes.push({ name, kind: 'D', formerHash });
  }
  return changes.sort((one, other) => byName.compare(one.name, other.name));
}

export function countChanges(changes: readonly WeightChange[]): ChangeCounts {
  const count = (kind: WeightChange['kind']): number => changes.filter((change) => change.kind === kind).length;
  return { added: count('A'), changed: count('M'), removed: count('D') };
}

/**
 * The deltas whose references decide whether a weight changed. A weight that was stored as a delta while it was staged is recorded under
 * the hash of the delta's reference, so that an equal hash alone does not tell.
 */
export function decidingDeltas(commit: Recorded, parent: Recorded | undefined): string[] {
  if (!parent) return [];
  return [...new Set([commit.deltaWeights, parent.deltaWeights].flatMap(Object.keys))].flatMap((name) => {
    if (own(commit.weightHashes, name) !== own(parent.weightHashes, name)) return [];
    const [now, former] = [own(commit.deltaWeights, name), own(parent.deltaWeights, name)];
    return now === former ? [] : [now ?? [], former ?? []].flat();
  });
}

/**
 * A delta is the value of the name, unless it is based on another weight than the one recorded: then it was stored beside the
 * full weight.
 */
function versionOf(
  commit: Recorded | undefined, name: string, references: DeltaReferences,
): { hash: string; deltaHash: string | undefined } | undefined {
  const hash = commit && own(commit.weightHashes, name);
  if (hash === undefined) return undefined;
  const deltaHash = own(commit?.deltaWeights ?? {}, name);
  const isValue = deltaHash !== undefined && (references.get(deltaHash) ?? hash) === hash;
  return { hash, deltaHash: isValue ? deltaHash : undefined };
}

function own(map: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}
