import { compare } from '../../core/analysis/compare';
import { sliceOf, usualSlice } from '../../core/analysis/slice';
import { statisticsOf } from '../../core/analysis/statistics';
import { CoralError } from '../../core/errors';
import type { Weight } from '../../core/weights/weight';
import type { DetailsApi, WeightTarget } from '../protocol/details';
import type { CallContext, HandlersOf } from '../rpc';
import { remoteContents } from './remoteContents';
import type { WorkerSession } from './session';
import { describeWeight, newestNames } from './weightFacts';

export function detailsHandlers(session: WorkerSession): HandlersOf<DetailsApi> {
  return {
    async describeWeight(target, { signal }) {
      return describeWeight(await session.open(target.root), target, session.rememberedStatuses(target.root), signal);
    },
    weightStatistics: (target, context) => withWeight(session, target, context.signal, (weight) => statisticsOf(weight, reading(context))),
    weightSlice: (request, context) => withWeight(session, request, context.signal, (weight) =>
      sliceOf(weight, request.choice ?? usualSlice(weight.metadata.shape), reading(context))),
    compareWeights: ({ one, other }, context) => withWeight(session, one, context.signal, (left) =>
      withWeight(session, other, context.signal, (right) => compare(left, right, reading(context)))),
    async weightNames({ root }) {
      return newestNames(await (await session.open(root)).state());
    },
    remoteContents: (request, context) => remoteContents(session, request, context),
  };
}

/** The weight that a name stands for in a commit, rebuilt where it is stored as a delta; without both, the one with the hash. */
async function withWeight<T>(session: WorkerSession, target: WeightTarget, signal: AbortSignal, use: (weight: Weight) => Promise<T>): Promise<T> {
  const { root, hash, name, commit } = target;
  const repository = await session.open(root);
  if (name !== undefined && commit !== undefined) return use(await repository.readWeight(name, commit, signal));
  const store = await repository.localStore('read');
  try {
    const weight = await store.read(hash, signal);
    if (weight === undefined) throw new CoralError('missing', `Weight ${hash} is not in this repository. Fetch it from a remote that has it.`, { hash });
    return await use(weight);
  } finally {
    await store.close();
  }
}

function reading({ onProgress, signal }: CallContext): Parameters<typeof statisticsOf>[1] {
  return {
    signal,
    onRead: (bytesDone, bytesTotal) => onProgress({ phase: 'reading', remote: '', weightsDone: 0, weightsTotal: 1, bytesDone, bytesTotal }),
  };
}
