import { CoralError } from '../../core/base/errors';
import type { CommitIndex } from '../../core/history/commitIndex';
import { placeOf } from '../../core/remotes/agreed';
import type { RemoteConfig } from '../../core/remotes/remoteConfig';
import type { LinkedPart } from '../../core/repository/linkedParts';
import type { Repository } from '../../core/repository/repository';
import type { RemoteSummary, RepositorySnapshot } from '../protocol/repository';
import type { HandlersOf } from '../rpc';
import type { WorkerSession } from './workerSession';

export interface RepositoryApi {
  /** Reason "conflict" when a link leads out of it to where the settings do not say that the person agreed. */
  repository(request: { readonly root: string }): Promise<RepositorySnapshot>;
  /** What in its `.coral` leads out of it, agreed to or not. Looks at links alone. */
  linkedParts(request: { readonly root: string }): Promise<{ readonly realRoot: string; readonly linked: readonly LinkedPart[] }>;
}

export function repositoryHandlers(session: WorkerSession): HandlersOf<RepositoryApi> {
  const indexes = new Map<string, CommitIndex>();

  function indexOf(repository: Repository): CommitIndex {
    const index = indexes.get(repository.root) ?? repository.commitIndex();
    indexes.set(repository.root, index);
    return index;
  }

  return {
    async repository({ root }, { signal }) {
      const repository = await session.open(root);
      const { head, branches, trackingRefs, versions, commits, staged, remotes, problems } = await repository.outline(
        indexOf(repository), signal,
      );
      const local = await countLocal(repository, signal);
      const trainingStates = await (await repository.history()).states.list(signal).then(({ length }) => length, () => 0);
      return {
        root, realRoot: repository.realRoot, ...head, branches, trackingRefs,
        tags: versions.map(({ name, commitHash: commit, description }) => ({ name, commit, description })),
        commits: commits.size, staged: Object.keys(staged.weights).length, trainingStates, weights: local.weights,
        remotes: remotes.map(summaryOf), problems: [...problems, ...local.problems].map((problem) => problem.toJSON()),
      };
    },
    async linkedParts({ root }) {
      const repository = await session.open(root);
      return { realRoot: repository.realRoot, linked: await repository.linkedParts() };
    },
  };
}

/** A store that cannot be read is a problem to show, and hides nothing else. */
async function countLocal(repository: Repository, signal: AbortSignal): Promise<{ weights: number; problems: CoralError[] }> {
  try {
    await using store = await repository.localStore('read');
    return { weights: (await store.list(signal)).length, problems: [] };
  } catch (error) {
    if (CoralError.is(error, 'cancelled')) throw error;
    return { weights: 0, problems: [CoralError.from(error)] };
  }
}

/** Without the secrets that a hand-written remotes.json may hold. */
export function summaryOf(config: RemoteConfig): RemoteSummary {
  const { name, url, backend, region, endpointUrl, autoPush, autoPull } = config;
  return { name, url, backend, region, endpointUrl, autoPush, autoPull, place: placeOf(config, undefined, process.env) };
}
