import { compare, type WeightDifference } from '../../core/analysis/compare';
import { type SliceChoice, type SliceData, sliceOf, defaultSlice } from '../../core/analysis/slice';
import { type Statistics, statisticsOf } from '../../core/analysis/statistics';
import { CoralError } from '../../core/base/errors';
import type { Weight } from '../../core/weights/weight';
import type { NamedHash, RemoteContents, WeightFacts, WeightTarget } from '../protocol/details';
import type { RemoteRequest } from '../protocol/status';
import type { CallContext, HandlersOf } from '../rpc';
import { remoteContents } from './remoteContents';
import type { WorkerSession } from './workerSession';
import { describeWeight, newestNames } from './describeWeight';

export interface DetailsApi {
  /** Without any network. */
  describeWeight(target: WeightTarget): Promise<WeightFacts>;
  /** Reads a local weight; progress has the phase "reading". Reason "missing" when it is not here. */
  weightStatistics(target: WeightTarget): Promise<Statistics>;
  /** The last two axes when there is no choice. */
  weightSlice(request: WeightTarget & { readonly choice?: SliceChoice | undefined }): Promise<SliceData>;
  compareWeights(request: { readonly one: WeightTarget; readonly other: WeightTarget }): Promise<WeightDifference>;
  /** Each name that commits or staging know, with its newest weight; by name. */
  weightNames(request: { readonly root: string }): Promise<readonly NamedHash[]>;
  /** Reads the metadata of every weight of a remote, with progress. */
  remoteContents(request: RemoteRequest): Promise<RemoteContents>;
}

export function detailsHandlers(session: WorkerSession): HandlersOf<DetailsApi> {
  return {
    async describeWeight(target, { signal }) {
      return describeWeight(await session.open(target.root), target, session.rememberedStatuses(target.root), signal);
    },
    weightStatistics: (target, context) => withWeight(session, target, context.signal, (weight) => statisticsOf(weight, reading(context))),
    weightSlice: (request, context) => withWeight(session, request, context.signal, (weight) =>
      sliceOf(weight, request.choice ?? defaultSlice(weight.metadata.shape), reading(context))),
    compareWeights: ({ one, other }, context) => withWeight(session, one, context.signal, (left) =>
      withWeight(session, other, context.signal, (right) => compare(left, right, reading(context)))),
    async weightNames({ root }) {
      return newestNames(await (await session.open(root)).state());
    },
    remoteContents: (request, context) => remoteContents(session, request, context),
  };
}

/** The weight that a name stands for in a commit, rebuilt where it is stored as a delta; without both, the one with the hash. */
async function withWeight<T>(
  session: WorkerSession, target: WeightTarget, signal: AbortSignal, use: (weight: Weight) => Promise<T>,
): Promise<T> {
  const { root, hash, name, commit } = target;
  const repository = await session.open(root);
  if (name !== undefined && commit !== undefined) return use(await repository.readWeight(name, commit, signal));
  await using store = await repository.localStore('read');
  const weight = await store.read(hash, signal);
  if (weight) return await use(weight);
  throw new CoralError('missing', `Weight ${hash} is not in this repository. Fetch it from a remote that has it.`, { hash });
}

function reading({ onProgress, signal }: CallContext): Parameters<typeof statisticsOf>[1] {
  return {
    signal,
    onRead: (bytesDone, bytesTotal) => onProgress({ phase: 'reading', remote: '', weightsDone: 0, weightsTotal: 1, bytesDone, bytesTotal }),
  };
}
