import { CoralError, throwIfCancelled } from '../../core/errors';
import { namesOf } from '../../core/repository/names';
import type { RepositoryState } from '../../core/repository/repositoryState';
import type { SyncStatus } from '../../core/repository/syncStatus';
import type { WeightStore } from '../../core/storage/weightStore';
import { byteLengthOf } from '../../core/weights/dtype';
import type { WeightMetadata } from '../../core/weights/weight';
import type { ModuleRow, WeightGroup, WeightLayout, WeightRow, WeightTotal } from '../protocol/weights';
import { ModuleLevel, type NamedHash } from './moduleLevel';
import { weightFilter } from './weightFilter';

type WeightLists = Pick<SyncStatus, WeightGroup>;

/** What commits and staging say of weights, by hash. */
export interface GivenNames {
  /** the best first */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** of these, the ones that stand for a delta */
  readonly deltaNames: ReadonlyMap<string, readonly string[]>;
}

/** A group, or what a filter leaves of it. */
interface Shown {
  readonly filter: string;
  readonly byHash: readonly NamedHash[];
  readonly modules: ModuleLevel;
}

/** The lists of one status, with the names of what is in them, kept so that nothing is listed again to page through them. */
export class Comparison {
  readonly #status: WeightLists;
  readonly #given: GivenNames;
  /** bytes by hash, which hold for all comparisons */
  readonly #sizes: Map<string, number>;
  readonly #storedNames = new Map<string, string>();
  readonly #unnamed = new Map<WeightGroup, readonly string[]>();
  readonly #shown = new Map<WeightGroup, Shown>();
  #sides: Sides | undefined;

  constructor(status: WeightLists, given: GivenNames, sizes = new Map<string, number>()) {
    this.#status = status;
    this.#given = given;
    this.#sizes = sizes;
  }

  /** Those of a group that neither commits nor staging name, as long as the store was not asked. */
  unnamed(group: WeightGroup): readonly string[] {
    const unnamed = this.#unnamed.get(group) ?? this.#status[group].filter((hash) => !this.#given.names.has(hash));
    this.#unnamed.set(group, unnamed);
    return unnamed;
  }

  /** Asks the store for names, to sort what nothing else names. What it cannot tell is said by the row. */
  async learnNames(group: WeightGroup, store: WeightStore, signal: AbortSignal): Promise<void> {
    await Promise.all(this.unnamed(group).map(async (hash) => {
      const metadata = await store.metadata(hash, signal).catch(unlessOfTheWeight);
      if (metadata) this.#learn(metadata);
    }));
    this.#unnamed.set(group, []);
    this.#shown.delete(group);
  }

  /** Reads the sizes that are not known yet, a few at a time; before each few it waits for `turn`, so that others come first. */
  async learnSizes(hashes: readonly string[], store: WeightStore, turn: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
    const unknown = hashes.filter((hash) => !this.#sizes.has(hash));
    for (let start = 0; start < unknown.length; start += readAtOnce) {
      await turn();
      throwIfCancelled(signal);
      await Promise.all(unknown.slice(start, start + readAtOnce).map(async (hash) => {
        const metadata = await store.metadata(hash, signal).catch(unlessOfTheWeight);
        if (metadata) this.#sizes.set(hash, byteLengthOf(metadata.shape, metadata.dtype));
      }));
    }
  }

  /** The weights of a group that a filter lets through, by hash. */
  flat(group: WeightGroup, filter = ''): readonly NamedHash[] {
    return this.#narrowed(group, filter).byHash;
  }

  /** The same in modules. */
  modules(group: WeightGroup, filter = ''): ModuleLevel {
    return this.#narrowed(group, filter).modules;
  }

  moduleRow({ path, weights }: ModuleLevel): ModuleRow {
    return { path, ...this.total(weights) };
  }

  total(weights: readonly NamedHash[]): WeightTotal {
    let bytes: number | undefined = 0;
    for (const { hash } of weights) {
      const size = this.#sizes.get(hash);
      bytes = size === undefined ? undefined : bytes + size;
      if (bytes === undefined) break;
    }
    return { weights: weights.length, bytes };
  }

  /** Where the row of a weight is, see `ModuleLevel.locate`. */
  locate(group: WeightGroup, hash: string, layout: WeightLayout, filter?: string): readonly number[] | undefined {
    const weights = this.flat(group, filter);
    const place = weights.findIndex((weight) => weight.hash === hash);
    const weight = weights[place];
    if (!weight) return undefined;
    return layout === 'flat' ? [place] : this.modules(group, filter).locate(weight);
  }

  /** A row for each weight, with what `store`, the side that holds it, says about it. Rejects when the store cannot be reached. */
  rows(group: WeightGroup, weights: readonly NamedHash[], store: WeightStore, signal: AbortSignal): Promise<WeightRow[]> {
    return Promise.all(weights.map(async ({ hash }) => {
      try {
        const metadata = await store.metadata(hash, signal);
        if (metadata) this.#learn(metadata);
        return this.#row(group, hash, metadata);
      } catch (error) {
        unlessOfTheWeight(error);
        return { ...this.#row(group, hash, undefined), problem: CoralError.from(error).message, isDamaged: CoralError.is(error, 'corrupt') };
      }
    }));
  }

  names(hash: string): readonly string[] {
    const given = this.#given.names.get(hash);
    const stored = this.#storedNames.get(hash);
    if (stored === undefined || given?.includes(stored) === true) return given ?? [];
    return given ? [...given, stored] : [stored];
  }

  #narrowed(group: WeightGroup, filter: string): Shown {
    const known = this.#shown.get(group);
    if (known?.filter === filter) return known;
    const isWanted = weightFilter(filter);
    const hashes = filter === '' ? this.#status[group] : this.#status[group].filter((hash) => isWanted(hash, this.names(hash)));
    const byHash = hashes.map((hash) => ({ hash, name: this.#nameOf(hash) }));
    const shown = { filter, byHash, modules: new ModuleLevel('', byHash) };
    this.#shown.set(group, shown);
    return shown;
  }

  #nameOf(hash: string): string | undefined {
    return this.#given.names.get(hash)?.[0] ?? this.#storedNames.get(hash);
  }

  #learn(metadata: WeightMetadata): void {
    this.#sizes.set(metadata.hash, byteLengthOf(metadata.shape, metadata.dtype));
    if (!placeholders.has(metadata.name)) this.#storedNames.set(metadata.hash, metadata.name);
  }

  #row(group: WeightGroup, hash: string, metadata: WeightMetadata | undefined): WeightRow {
    const names = this.names(hash);
    const row = { hash, names, mark: this.#mark(group, hash, names), deltaNames: this.#given.deltaNames.get(hash) };
    if (!metadata) return row;
    const { shape, dtype } = metadata;
    return { ...row, shape, dtype, byteLength: byteLengthOf(shape, dtype) };
  }

  #mark(group: WeightGroup, hash: string, names: readonly string[]): WeightRow['mark'] {
    if (group === 'synced') return undefined;
    this.#sides ??= sidesOf(this.#status, this.#given.names);
    const { hashesByName, here, there } = this.#sides;
    const otherSide = group === 'ahead' ? there : here;
    const isElsewhere = names.some((name) => hashesByName.get(name)?.some((other) => other !== hash && otherSide.has(other)));
    if (isElsewhere) return 'M';
    return group === 'ahead' ? 'A' : 'R';
  }
}

/** What commits and staging say, read from the state of a repository. */
export function givenNames(state: Pick<RepositoryState, 'staged' | 'commits'>): GivenNames {
  const sources = [{ weightHashes: state.staged.weights, deltaWeights: state.staged.deltas }, ...state.commits.values()];
  const deltaNames = new Map<string, string[]>();
  for (const { weightHashes, deltaWeights } of sources) {
    for (const name of Object.keys(deltaWeights)) {
      const hash = Object.hasOwn(weightHashes, name) ? weightHashes[name] : undefined;
      const known = hash === undefined ? undefined : deltaNames.get(hash);
      if (known?.includes(name) === true || hash === undefined) continue;
      if (known) known.push(name);
      else deltaNames.set(hash, [name]);
    }
  }
  return { names: namesOf(state), deltaNames };
}

const readAtOnce = 50;

/** What a store says where it knows no name; "unnamed" comes from the Python tool. */
const placeholders = new Set(['', 'unnamed']);

const ofTheWeight = new Set(['corrupt', 'unsupported', 'invalid', 'missing']);

/** Passes over what is wrong with one weight; whatever else happened will happen to all. */
function unlessOfTheWeight(error: unknown): undefined {
  if (!CoralError.is(error) || !ofTheWeight.has(error.reason)) throw error;
  return undefined;
}

/** Which name has which hashes, and which side holds them: to tell a new version from a new weight. */
interface Sides {
  readonly hashesByName: ReadonlyMap<string, readonly string[]>;
  readonly here: ReadonlySet<string>;
  readonly there: ReadonlySet<string>;
}

function sidesOf({ ahead, behind, synced }: WeightLists, names: ReadonlyMap<string, readonly string[]>): Sides {
  return { hashesByName: invert(names), here: new Set([...ahead, ...synced]), there: new Set([...behind, ...synced]) };
}

function invert(names: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const inverted = new Map<string, string[]>();
  for (const [hash, given] of names) {
    for (const name of given) {
      const hashes = inverted.get(name);
      if (hashes) hashes.push(hash);
      else inverted.set(name, [hash]);
    }
  }
  return inverted;
}
