import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CoralError } from '../base/errors';
import { changesOf, type DeltaReferences, type WeightChange } from '../history/changes';
import type { Commit } from '../history/commit';
import { CommitLog, type LogEntry, type UnreadableCommit } from '../history/commitLog';
import { readCommit } from '../history/readHistory';
import { checkHash, isCommitHash } from '../base/validate';
import { commitAt, readBranches, readHead } from '../coralFolder/branches';
import type { Repository } from './repository';
import { type Training, Trainings } from './trainings';

interface HistoryPage {
  /** the commit it begins with; undefined before the first one */
  readonly tip: string | undefined;
  /** nearest first */
  readonly entries: readonly LogEntry[];
  readonly hasMore: boolean;
}

/**
 * What a repository's commits say, for looking through page by page: reads no more of them than are looked at, and none of them
 * twice as long as the folder of commits stays as it is. Keep it as long as someone looks.
 */
export class RepositoryHistory {
  readonly #repository: Repository;
  /** deltas never change: what one is based on holds for good */
  readonly #references = new Map<string, string>();
  readonly #trainings = new Trainings();
  #log: { readonly key: string; readonly log: CommitLog } | undefined;

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  /** @param ref HEAD, a branch or a whole commit hash */
  async page(ref: string, offset: number, limit: number, signal?: AbortSignal): Promise<HistoryPage> {
    const tip = await this.#resolve(ref);
    if (tip === undefined) return { tip, entries: [], hasMore: false };
    const log = await this.#logFrom(tip);
    return { tip, ...await log.page(offset, limit, signal) };
  }

  /** What the commit did, compared with its first parent, by name. Reason "missing" or "corrupt" when one of the two cannot be read. */
  async changes(commitHash: string, signal?: AbortSignal): Promise<WeightChange[]> {
    const commits = await this.#commits();
    const commit = readable(await read(commits, checkHash(commitHash)));
    const [first] = commit.parentHashes;
    const parent = first === undefined ? undefined : readable(await read(commits, first));
    const deltas = [...Object.values(commit.deltaWeights), ...Object.values(parent?.deltaWeights ?? {})];
    return changesOf(commit, parent, await this.#referencesOf(deltas, signal));
  }

  /** Of those of the commits that are checkpoints of a training. */
  async trainings(commits: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, Training>> {
    return this.#trainings.of(commits, await this.#repository.coralFolder(), await this.#repository.history(), signal);
  }

  /** Those of the hashes that no commit file here is named after. */
  async absent(hashes: readonly string[]): Promise<string[]> {
    const commits = await this.#commits();
    const isHere = async (hash: string): Promise<boolean> => isCommitHash(hash) && await stat(join(commits, `${hash}.json`)).then(() => true, () => false);
    const here = await Promise.all(hashes.map(isHere));
    return hashes.filter((_, index) => here[index] !== true);
  }

  async #commits(): Promise<string> {
    return join(await this.#repository.coralFolder(), 'objects', 'commits');
  }

  async #resolve(ref: string): Promise<string | undefined> {
    const ignore = (): void => undefined; // damaged refs are among the repository's problems
    const coralFolder = await this.#repository.coralFolder();
    const branches = await readBranches(coralFolder, ignore);
    if (ref === 'HEAD') return (await readHead(coralFolder, branches, ignore)).commit;
    if (Object.hasOwn(branches, ref)) return commitAt(branches, ref);
    if (isCommitHash(ref)) return ref;
    throw new CoralError('missing', `There is no branch or commit "${ref}".`);
  }

  async #logFrom(tip: string): Promise<CommitLog> {
    const commits = await this.#commits();
    const folder = await stat(commits, { bigint: true }).catch(() => undefined);
    const key = `${tip} ${folder?.ino ?? ''} ${folder?.mtimeNs ?? ''}`;
    if (this.#log?.key === key && this.#log.log.isSound) return this.#log.log;
    const log = new CommitLog(tip, {
      readCommit: (hash) => read(commits, hash),
      references: (deltaHashes, signal) => this.#referencesOf(deltaHashes, signal),
    });
    this.#log = { key, log };
    return log;
  }

  /** A store that cannot be read is among the repository's problems; here it only leaves deltas unknown. */
  async #referencesOf(deltaHashes: readonly string[], signal?: AbortSignal): Promise<DeltaReferences> {
    const unknown = deltaHashes.filter((hash) => !this.#references.has(hash));
    try {
      const found = unknown.length === 0 ? [] : await this.#repository.deltaReferences(unknown, signal);
      for (const [hash, reference] of found) this.#references.set(hash, reference);
    } catch (error) {
      if (CoralError.is(error, 'cancelled')) throw error;
    }
    return this.#references;
  }
}

async function read(commits: string, hash: string): Promise<Commit | UnreadableCommit> {
  const commit = await readCommit(commits, hash);
  if (commit !== undefined && !CoralError.is(commit)) return commit;
  const problem = commit ?? new CoralError('missing', `Commit ${hash} is not in this repository. Pull it, or restore its file from a copy.`);
  return { commitHash: hash, problem };
}

function readable(commit: Commit | UnreadableCommit): Commit {
  if ('problem' in commit) throw commit.problem;
  return commit;
}
