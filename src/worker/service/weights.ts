import type { RemoteRequest } from '../protocol/status';
import type {
  FindWeightsRequest, FoundWeight, LocateWeightRequest, NameFacts,
  NameOfWeight, WeightGroup, WeightPage, WeightSet, WeightsRequest, WeightTotal,
} from '../protocol/weights';
import type { HandlersOf } from '../rpc';
import { Background } from './background';
import type { StatusLists } from './statusLists';
import type { Compared, Comparisons } from './comparisons';
import type { ModuleLevel } from './moduleLevel';
import { searchWeights } from './searchWeights';

/** All of them use the lists of the last `status`, asking the remote only when there are none. */
export interface WeightsApi {
  weights(request: WeightsRequest): Promise<WeightPage>;
  weightTotals(request: Omit<WeightSet, 'group' | 'module'>): Promise<Readonly<Record<WeightGroup, WeightTotal>>>;
  /** Reads the sizes that are not known yet, but none from a bucket: each would be a request. */
  measureWeights(request: WeightSet): Promise<WeightTotal>;
  weightHashes(request: WeightSet): Promise<readonly string[]>;
  /** The names that match and whose weights, the best first. */
  findWeights(request: FindWeightsRequest): Promise<readonly FoundWeight[]>;
  /**
   * Where a row is, in a flat list that of the weight: the place among the rows of the group, then of the module there, and so on;
   * undefined when it has none.
   */
  locateWeight(request: LocateWeightRequest): Promise<readonly number[] | undefined>;
  nameFacts(request: RemoteRequest & NameOfWeight): Promise<NameFacts>;
}

/** Weights that nothing names are asked for their names before a group is shown, unless there are more: those come last, by hash. */
const maxUnnamed = 1_000;

export function weightsHandlers(comparisons: Comparisons): HandlersOf<WeightsApi> {
  const background = new Background();

  /** With names for those that need one. */
  async function groupOf(request: WeightSet, signal: AbortSignal): Promise<Compared> {
    const found = await comparisons.last(request, signal);
    const { comparison, store } = found;
    const unnamed = comparison.unnamed(request.group).length;
    if (unnamed > 0 && unnamed <= maxUnnamed) await store(request.group, (side) => comparison.learnNames(request.group, side, signal));
    return found;
  }

  return {
    weights: (request, { signal }) => background.first(async () => {
      const { group, module = '', filter, layout, offset, limit } = request;
      const { comparison, store } = await groupOf(request, signal);
      const level = comparison.modules(group, filter).find(module);
      const [modules, weights] = layout === 'flat' ? [[], comparison.flat(group, filter)] : [level.modules, level.ownNames];
      const shown = weights.slice(Math.max(0, offset - modules.length), Math.max(0, offset + limit - modules.length));
      return {
        modules: modules.slice(offset, offset + limit).map((each) => ({ path: each.path, ...comparison.total(each) })),
        rows: shown.length === 0 ? [] : await store(group, (side) => comparison.rows(group, shown, side, signal)),
        total: modules.length + weights.length,
      };
    }),
    async weightTotals(request, { signal }) {
      const totalOf = async (group: WeightGroup) => {
        const { comparison } = await groupOf({ ...request, group }, signal);
        return comparison.total(comparison.modules(group, request.filter));
      };
      return { ahead: await totalOf('ahead'), behind: await totalOf('behind'), synced: await totalOf('synced') };
    },
    async measureWeights(request, { signal }) {
      const { comparison, store, isBucket } = await comparisons.last(request, signal);
      const level = levelOf(comparison, request);
      const isKnown = comparison.total(level).bytes !== undefined;
      if (!isKnown && !await isBucket(request.group)) {
        await background.later((turn) => store(request.group, (side) => comparison.learnSizes(level.hashes, side, turn, signal)));
      }
      return comparison.total(level);
    },
    async weightHashes(request, { signal }) {
      const { comparison } = await groupOf(request, signal);
      return levelOf(comparison, request).hashes;
    },
    async findWeights(request, { signal }) {
      const { text, limit, filter } = request;
      const { comparison } = await comparisons.last(request, signal);
      return searchWeights(comparison, text, limit, filter);
    },
    async locateWeight(request, { signal }) {
      const { group, layout, filter } = request;
      return (await groupOf(request, signal)).comparison.locate(group, request, layout, filter);
    },
    async nameFacts(request, { signal }) {
      return comparisons.nameFacts(request, request, signal);
    },
  };
}

function levelOf(comparison: StatusLists, { group, module = '', filter }: WeightSet): ModuleLevel {
  return comparison.modules(group, filter).find(module);
}
