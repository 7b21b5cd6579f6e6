import type { RecordNoun } from '../../history/recordKinds';

export type Severity = 'error' | 'warning' | 'remark';
export type Subject = 'weight' | 'delta' | 'metadata' | RecordNoun | 'branch' | 'HEAD' | 'staging' | 'refs' | 'remotes' | 'store' | 'file';
/**
 * "incomplete": there under its name, without what makes it readable. "unread": what came in the way lies elsewhere, in the network
 * say.
 */
export type Fault = 'damaged' | 'missing' | 'incomplete' | 'unread' | 'unknown';
/** What Repair can do: fetch a good copy into this repository, or push one to the remote. "hand": nothing. */
export type Mend = 'fetch' | 'push' | 'hand';
export type Depth = 'shallow' | 'deep';

/** One problem found. Plain data. */
export interface Finding {
  readonly severity: Severity;
  readonly subject: Subject;
  readonly fault: Fault;
  /** of a weight, delta or commit; the id of any other record */
  readonly hash?: string | undefined;
  /** its name: of a weight, a branch, a version */
  readonly name?: string | undefined;
  /** the file or URL it lies in */
  readonly path?: string | undefined;
  /** what is wrong, where, and what to do next */
  readonly message: string;
  readonly mend: Mend;
}

/** How much was checked. */
export interface Checked {
  readonly weights: number;
  readonly deltas: number;
  readonly commits: number;
  readonly versions: number;
  readonly refs: number;
  /** of tensors, read and hashed */
  readonly bytes: number;
}

/** The result of a check. Plain data that JSON can hold. */
export interface IntegrityReport {
  readonly root: string;
  /** undefined when the repository itself was checked */
  readonly remote?: string | undefined;
  /** path or URL, without secrets */
  readonly location: string;
  readonly depth: Depth;
  /** ISO 8601, UTC */
  readonly startedAt: string;
  readonly milliseconds: number;
  readonly checked: Checked;
  /** errors first, then warnings, then remarks */
  readonly findings: readonly Finding[];
}

const order: readonly Severity[] = ['error', 'warning', 'remark'];

export function bySeverity(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
}
