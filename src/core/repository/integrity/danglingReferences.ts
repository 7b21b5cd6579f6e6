import type { Commit } from '../../history/commit';
import type { Staged } from '../../coralFolder/staging';
import type { Finding, Mend, Subject } from './integrityReport';

/** A name that points to a commit. */
export interface CommitRef {
  readonly subject: Extract<Subject, 'branch' | 'HEAD' | 'version' | 'refs'>;
  readonly name: string;
  readonly path: string;
  readonly commit: string;
  /** A tracking ref, which only says where a remote's branch was last seen. */
  readonly isTracking?: boolean | undefined;
}

/** What one side holds, and what refers to it. */
interface CheckedSide {
  /** false when weights and deltas cannot be read at all */
  readonly isReadable: boolean;
  readonly weights: ReadonlySet<string>;
  /** delta hash to the weight it is based on; "" where that cannot be read */
  readonly deltas: ReadonlyMap<string, string>;
  readonly commits: ReadonlyMap<string, Commit>;
  readonly refs: readonly CommitRef[];
  readonly staged?: Staged | undefined;
}

interface ReferenceOptions {
  /** for people: "this repository", "origin" */
  readonly place: string;
  /** what Repair can do about a missing weight or delta */
  readonly mend: Mend;
  /** hashes that have a finding already, which need no second one for being unusable */
  readonly known: ReadonlySet<string>;
}

/** A finding for each thing that is referred to and missing. */
export function danglingReferences(holdings: CheckedSide, options: ReferenceOptions): Finding[] {
  const missing = holdings.isReadable ? [...missingWeights(holdings, options), ...missingDeltas(holdings, options)] : [];
  return [...missing, ...missingCommits(holdings, options)];
}

interface Named {
  readonly hash: string;
  readonly name: string | undefined;
  readonly by: string;
}

/** Who refers to something missing: the first one, and how many others. */
class Missing {
  readonly #first = new Map<string, { readonly name: string | undefined; readonly by: string }>();
  readonly #others = new Map<string, number>();

  add(hash: string, by: string, name?: string): void {
    if (this.#first.has(hash)) this.#others.set(hash, (this.#others.get(hash) ?? 0) + 1);
    else this.#first.set(hash, { by, name });
  }

  * [Symbol.iterator](): Iterable<Named> & Iterator<Named> {
    for (const [hash, { by, name }] of this.#first) {
      const others = this.#others.get(hash) ?? 0;
      yield { hash, name, by: others === 0 ? by : `${by} and ${others} more` };
    }
  }
}

const advice: Record<Mend, string> = {
  fetch: 'Repair fetches it from a remote that has it.',
  push: 'Repair pushes it from this repository, if it is there.',
  hand: 'Restore it from a copy.',
};

function missingWeights({ weights, deltas, commits, staged }: CheckedSide, { place, mend, known }: ReferenceOptions): Finding[] {
  const missing = new Missing();
  const note = (hash: string, by: string, name?: string): void => {
    if (!weights.has(hash) && !known.has(hash)) missing.add(hash, by, name);
  };
  for (const [name, hash] of Object.entries(staged?.weights ?? {})) note(hash, 'staging', name);
  for (const { commitHash, weightHashes } of commits.values()) {
    for (const [name, hash] of Object.entries(weightHashes)) note(hash, `commit ${commitHash}`, name);
  }
  for (const [delta, reference] of deltas) if (reference !== '') note(reference, `delta ${delta}, which is based on it,`);
  return Array.from(missing, ({ hash, name, by }) => ({
    severity: 'error', subject: 'weight', fault: 'missing', hash, name, mend,
    message: `Weight ${name === undefined ? hash : `"${name}" (${hash})`} is not in ${place}, but ${by} names it. ${advice[mend]}`,
  }));
}

function missingDeltas({ deltas, commits, staged }: CheckedSide, { place, mend, known }: ReferenceOptions): Finding[] {
  const missing = new Missing();
  const note = (hash: string, by: string, name: string): void => {
    if (!deltas.has(hash) && !known.has(hash)) missing.add(hash, by, name);
  };
  for (const [name, hash] of Object.entries(staged?.deltas ?? {})) note(hash, 'staging', name);
  for (const { commitHash, deltaWeights } of commits.values()) {
    for (const [name, hash] of Object.entries(deltaWeights)) note(hash, `commit ${commitHash}`, name);
  }
  return Array.from(missing, ({ hash, name, by }) => ({
    severity: 'error', subject: 'delta', fault: 'missing', hash, name, mend,
    message: `Delta ${hash} is not in ${place}, but ${by} names it for "${String(name)}", which cannot be read without it. ${advice[mend]}`,
  }));
}

export function missingCommits(
  { commits, refs }: Pick<CheckedSide, 'commits' | 'refs'>, { place, mend, known }: ReferenceOptions,
): Finding[] {
  const missing = new Missing();
  for (const { commitHash, parentHashes } of commits.values()) {
    for (const parent of parentHashes) if (!commits.has(parent) && !known.has(parent)) missing.add(parent, `commit ${commitHash}`);
  }
  const cut = Array.from(missing, ({ hash, by }): Finding => ({
    severity: 'error', subject: 'commit', fault: 'missing', hash, mend,
    message: `Commit ${hash} is not in ${place}, but ${by} names it as its parent. ${commitAdvice[mend]}`,
  }));
  const nowhere = refs.filter(({ commit }) => commit !== '' && !commits.has(commit)).map(({ subject, name, path, commit, isTracking = false }): Finding => ({
    severity: isTracking ? 'warning' : 'error', subject, fault: 'missing', hash: commit, name, path, mend,
    message: `${titles[subject]} ${JSON.stringify(name)} is at commit ${commit}, which ${known.has(commit) ? 'is damaged' : `is not in ${place}`}. ${commitAdvice[mend]}`,
  }));
  return [...cut, ...nowhere];
}

const commitAdvice: Record<Mend, string> = {
  fetch: 'Repair fetches the commit from a remote that has it; else restore a copy of its file, or set the ref to another commit.',
  push: 'Repair pushes the commit from this repository, if it is there.',
  hand: 'Restore its file from a copy.',
};

const titles: Record<CommitRef['subject'], string> = { branch: 'Branch', HEAD: 'The detached', version: 'Version', refs: 'Branch' };
