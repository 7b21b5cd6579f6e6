import type { Commit } from '../../history/commit';
import { recordKinds, type RecordKindName, recordKindNames, recordNameOf, type RecordNoun } from '../../history/recordKinds';
import type { Staged } from '../../coralFolder/staging';
import type { Finding, IntegrityReport } from './integrityReport';
import { capitalized } from '../../../text/format';

export type RepairKind = 'weight' | 'delta' | 'metadata' | RecordNoun;

/** One good copy to transfer. Plain data. */
export interface RepairStep {
  readonly kind: RepairKind;
  readonly hash: string;
  readonly name?: string | undefined;
  /** the remote that has it; undefined: this repository */
  readonly from?: string | undefined;
  /** other remotes that have it, in case that copy is bad */
  readonly alsoFrom?: readonly string[] | undefined;
}

/** What a repair would do. Plain data. */
export interface RepairPlan {
  readonly root: string;
  /** what is to be mended; undefined for the repository itself */
  readonly remote?: string | undefined;
  /** weights first, then what needs them */
  readonly steps: readonly RepairStep[];
  /** weights.h5 itself is no store any more: it is moved to the quarantine first */
  readonly replacesStore: boolean;
  /** what cannot be mended, and why */
  readonly hopeless: readonly string[];
}

/** What a side has that could be copied. */
export interface Source {
  /** the remote's name; undefined: this repository */
  readonly name?: string | undefined;
  readonly weights: ReadonlySet<string>;
  readonly deltas: ReadonlySet<string>;
  readonly records: Readonly<Record<RecordKindName, ReadonlySet<string>>>;
}

interface Wanted {
  readonly kind: RepairKind;
  readonly hash: string;
  readonly name?: string | undefined;
}

/** In the order in which they are brought: each after what it needs. */
export const repairKinds: readonly RepairKind[] = ['weight', 'metadata', 'delta', ...recordKindNames.map((name) => recordKinds[name].noun)];

/** Finds the good copies that would mend the findings, in the first source that has each, and in the others. */
export function planRepair(
  report: IntegrityReport, sources: readonly Source[], use: { readonly commits: Iterable<Commit>; readonly staged?: Staged | undefined },
): RepairPlan {
  const replacesStore = report.findings.some(({ subject, mend }) => subject === 'store' && mend !== 'hand');
  const wanted = unique([...report.findings.flatMap(wantedBy), ...(replacesStore ? allNamed(use) : [])]);
  const found = wanted.map((want) => ({ want, having: sources.filter((source) => holds(source, want)) }));
  const steps = found.flatMap(({ want, having }) => stepOf(want, having))
    .sort((one, other) => repairKinds.indexOf(one.kind) - repairKinds.indexOf(other.kind));
  const where = report.remote !== undefined ? 'this repository does not have it' : sources.length === 0 ? 'there is no remote to fetch it from' : 'no remote has it';
  const lacking = found.filter(({ having }) => having.length === 0).map(({ want: { kind, hash, name } }) => `${capitalized(kind)} ${name === undefined ? hash : `"${name}" (${hash})`}: ${where}.`);
  const byHand = report.findings.filter(({ severity, mend }) => severity !== 'remark' && mend === 'hand').map(({ message }) => message);
  return { root: report.root, remote: report.remote, steps, replacesStore, hopeless: [...lacking, ...byHand] };
}

function stepOf(want: Wanted, [first, ...others]: readonly Source[]): RepairStep[] {
  if (first === undefined) return [];
  const alsoFrom = others.flatMap(({ name }) => name ?? []);
  return [{ ...want, from: first.name, ...(alsoFrom.length > 0 && { alsoFrom }) }];
}

function wantedBy({ subject, fault, hash, name, mend }: Finding): Wanted[] {
  if (hash === undefined || mend === 'hand') return [];
  switch (subject) {
    case 'weight': case 'delta': case 'metadata': case 'commit': case 'training state': case 'checkpoint list': return [{ kind: subject, hash, name }];
    // One that leads nowhere is sound itself: its commit is what is wanted.
    case 'version': return [{ kind: fault === 'missing' ? 'commit' : 'version', hash }];
    case 'branch': case 'HEAD': case 'refs': return [{ kind: 'commit', hash }];
    default: return [];
  }
}

function allNamed({ commits, staged }: { readonly commits: Iterable<Commit>; readonly staged?: Staged | undefined }): Wanted[] {
  const wanted = (weights: Readonly<Record<string, string>>, deltas: Readonly<Record<string, string>>): Wanted[] => [
    ...Object.entries(weights).map(([name, hash]): Wanted => ({ kind: 'weight', hash, name })), ...Object.entries(deltas).map(([name, hash]): Wanted => ({ kind: 'delta', hash, name })),
  ];
  return [...(staged ? wanted(staged.weights, staged.deltas) : []), ...[...commits].flatMap(({ weightHashes, deltaWeights }) => wanted(weightHashes, deltaWeights))];
}

/** A weight that is written again brings its metadata along. */
function unique(wanted: readonly Wanted[]): Wanted[] {
  const first = new Map<string, Wanted>();
  for (const want of wanted) if (!first.has(`${want.kind} ${want.hash}`)) first.set(`${want.kind} ${want.hash}`, want);
  return [...first.values()].filter(({ kind, hash }) => kind !== 'metadata' || !first.has(`weight ${hash}`));
}

function holds(source: Source, { kind, hash }: Wanted): boolean {
  if (kind === 'weight' || kind === 'metadata') return source.weights.has(hash);
  return kind === 'delta' ? source.deltas.has(hash) : source.records[recordNameOf(kind)].has(hash);
}
