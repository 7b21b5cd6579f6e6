import { CoralError, throwIfCancelled } from '../base/errors';
import { type ChangeCounts, changesOf, countChanges, decidingDeltas, type DeltaReferences } from './changes';
import type { Commit } from './commit';

interface LoggedCommit extends Pick<Commit, 'commitHash' | 'parentHashes' | 'metadata'> {
  /** against the first parent; undefined when that one cannot be read */
  readonly changes: ChangeCounts | undefined;
}

/** A commit that cannot be read, so that its ancestors are unknown. */
export interface UnreadableCommit {
  readonly commitHash: string;
  readonly problem: CoralError;
}

export type LogEntry = LoggedCommit | UnreadableCommit;

/** Where a CommitLog gets its facts. */
export interface LogSource {
  /** never rejects */
  readCommit(hash: string): Promise<Commit | UnreadableCommit>;
  references(deltaHashes: readonly string[], signal?: AbortSignal): Promise<DeltaReferences>;
}

/** Commits that are in memory with all their weights at the same time. */
const batchSize = 64;

/**
 * A commit and its ancestors, nearest first, read only as far as they are asked for. Keeps what a row shows of a commit, not its
 * lists of weights, which may be far larger.
 */
export class CommitLog {
  readonly #source: LogSource;
  readonly #seen: Set<string>;
  readonly #walk: Iterator<string, undefined>;
  #walked = 0;
  #batch: (Commit | UnreadableCommit)[] = [];
  #reading: Promise<unknown> = Promise.resolve();
  readonly #entries: LogEntry[] = [];

  constructor(tip: string, source: LogSource) {
    this.#source = source;
    this.#seen = new Set([tip]);
    this.#walk = this.#seen.values();
  }

  /** Whether all that was read so far could be read. */
  get isSound(): boolean {
    return this.#entries.every((entry) => !('problem' in entry));
  }

  async page(
    offset: number, limit: number, signal?: AbortSignal,
  ): Promise<{ readonly entries: readonly LogEntry[]; readonly hasMore: boolean }> {
    const end = offset + limit;
    const reading = this.#reading.then(() => this.#readUpTo(end, signal));
    this.#reading = reading.catch(() => undefined); // one at a time; each caller hears of its own failure
    await reading;
    return { entries: this.#entries.slice(offset, end), hasMore: this.#seen.size > Math.min(end, this.#entries.length) };
  }

  /** After an interruption the next call resumes where this one stopped. */
  async #readUpTo(end: number, signal: AbortSignal | undefined): Promise<void> {
    while (this.#entries.length < end && this.#seen.size > this.#entries.length) {
      const size = Math.min(batchSize, end - this.#entries.length);
      while (this.#batch.length < size && this.#seen.size > this.#walked) {
        throwIfCancelled(signal);
        await this.#step();
      }
      this.#entries.push(...await this.#summarize(this.#batch, signal));
      this.#batch = [];
    }
  }

  async #step(): Promise<void> {
    const { value: hash } = this.#walk.next();
    if (hash === undefined) return;
    this.#walked += 1;
    const commit = await this.#source.readCommit(hash);
    this.#batch.push(commit);
    if ('parentHashes' in commit) for (const parent of commit.parentHashes) this.#seen.add(parent);
  }

  async #summarize(batch: readonly (Commit | UnreadableCommit)[], signal: AbortSignal | undefined): Promise<LogEntry[]> {
    const known = new Map(batch.map((commit) => [commit.commitHash, commit]));
    const pairs = await Promise.all(batch.map(async (commit) => {
      const [first] = 'parentHashes' in commit ? commit.parentHashes : [];
      return { commit, parent: first === undefined ? undefined : known.get(first) ?? await this.#source.readCommit(first) };
    }));
    const deciding = pairs.flatMap(({ commit, parent }) => ('problem' in commit || (parent && 'problem' in parent) ? [] : decidingDeltas(commit, parent)));
    const references = deciding.length > 0 ? await this.#source.references(deciding, signal) : new Map<string, string>();
    return pairs.map(({ commit, parent }) => {
      if ('problem' in commit) return commit;
      const { commitHash, parentHashes, metadata } = commit;
      const changes = parent && 'problem' in parent ? undefined : countChanges(changesOf(commit, parent, references));
      return { commitHash, parentHashes, metadata, changes };
    });
  }
}
