import { CoralError, throwIfCancelled } from '../../core/base/errors';
import type { GivenName } from '../../core/repository/givenNames';
import type { SyncStatus } from '../../core/sync/syncStatus';
import type { WeightStore } from '../../core/storage/weightStore';
import { byteLengthOf } from '../../core/weights/dtype';
import { storedName } from '../../core/weights/storedName';
import type { WeightMetadata } from '../../core/weights/weight';
import type { CommitLabel, NameOfWeight, WeightGroup, WeightLayout, WeightRow, WeightTotal } from '../protocol/weights';
import type { KnownNames } from './knownNames';
import { ModuleLevel, type NamedRow } from './moduleLevel';
import { weightFilter } from './weightFilter';

type WeightLists = Pick<SyncStatus, WeightGroup>;

/** A group, or what a filter leaves of it. */
interface Shown {
  readonly filter: string;
  readonly modules: ModuleLevel;
  /** each weight once, by hash */
  flat?: readonly NamedRow[];
}

/** The lists of one status, with the names of what is in them, kept so that nothing is listed again to page through them. */
export class StatusLists {
  readonly #status: WeightLists;
  readonly #known: KnownNames;
  /** bytes by hash, which hold for all comparisons */
  readonly #sizes: Map<string, number>;
  readonly #storedNames = new Map<string, string>();
  readonly #unnamed = new Map<WeightGroup, readonly string[]>();
  readonly #shown = new Map<WeightGroup, Shown>();
  #sides: Sides | undefined;

  constructor(status: WeightLists, known: KnownNames, sizes = new Map<string, number>()) {
    this.#status = status;
    this.#known = known;
    this.#sizes = sizes;
  }

  /** Those of a group that neither commits nor staging name, as long as the store was not asked. */
  unnamed(group: WeightGroup): readonly string[] {
    const unnamed = this.#unnamed.get(group) ?? this.#status[group].filter((hash) => !this.#known.names.has(hash));
    this.#unnamed.set(group, unnamed);
    return unnamed;
  }

  /** Asks the store for names, to sort what nothing else names. What it cannot tell is said by the row. */
  async learnNames(group: WeightGroup, store: WeightStore, signal: AbortSignal): Promise<void> {
    await Promise.all(this.unnamed(group).map(async (hash) => {
      const metadata = await store.metadata(hash, signal).catch(rethrowUnlessAboutOneWeight);
      if (metadata) this.#learn(metadata);
    }));
    this.#unnamed.set(group, []);
    this.#shown.delete(group);
  }

  /** Reads the sizes that are not known yet, a few at a time; before each few it waits for `turn`, so that others come first. */
  async learnSizes(hashes: readonly string[], store: WeightStore, turn: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
    const unknown = hashes.filter((hash) => !this.#sizes.has(hash));
    for (let start = 0; start < unknown.length; start += concurrency) {
      await turn();
      throwIfCancelled(signal);
      await Promise.all(unknown.slice(start, start + concurrency).map(async (hash) => {
        const metadata = await store.metadata(hash, signal).catch(rethrowUnlessAboutOneWeight);
        if (metadata) this.#sizes.set(hash, byteLengthOf(metadata.shape, metadata.dtype));
      }));
    }
  }

  /** The names in a group that a filter lets through, in modules. */
  modules(group: WeightGroup, filter = ''): ModuleLevel {
    return this.#narrowed(group, filter).modules;
  }

  /** The weights that these stand for, each once, by hash. */
  flat(group: WeightGroup, filter = ''): readonly NamedRow[] {
    const shown = this.#narrowed(group, filter);
    // The names of one weight follow each other.
    return shown.flat ??= shown.modules.names.filter(({ hash }, place, all) => hash !== all[place - 1]?.hash);
  }

  total({ hashes, nameCount }: ModuleLevel): WeightTotal {
    let bytes: number | undefined = 0;
    for (const hash of hashes) {
      const size = this.#sizes.get(hash);
      bytes = size === undefined ? undefined : bytes + size;
      if (bytes === undefined) break;
    }
    return { weights: hashes.length, names: nameCount, bytes };
  }

  /** Where a row is, see `ModuleLevel.locate`. */
  locate(group: WeightGroup, { hash, name }: NameOfWeight, layout: WeightLayout, filter?: string): readonly number[] | undefined {
    const isSought = (row: NamedRow): boolean => row.hash === hash && (layout === 'flat' || name === undefined || row.name === name);
    if (layout === 'modules') {
      const level = this.modules(group, filter);
      const named = level.names.find(isSought);
      return named && level.locate(named);
    }
    const place = this.flat(group, filter).findIndex(isSought);
    return place === -1 ? undefined : [place];
  }

  /** A row for each, with what `store`, the side that holds the weights, says about them. Rejects when the store cannot be reached. */
  async rows(group: WeightGroup, named: readonly NamedRow[], store: WeightStore, signal: AbortSignal): Promise<WeightRow[]> {
    const asked = new Map<string, Promise<Partial<WeightRow>>>();
    return Promise.all(named.map(async (each) => {
      const facts = asked.get(each.hash) ?? this.#describe(each.hash, store, signal);
      asked.set(each.hash, facts);
      const described = await facts;
      // Only now: `#describe` has learned the stored name, which the row shows where nothing else names the weight.
      return { ...this.#row(group, each), ...described };
    }));
  }

  /** The commit to tell people of, where the current one does not give the name. */
  olderCommit({ hash, name, isCurrent }: NamedRow): CommitLabel | undefined {
    return isCurrent ? undefined : this.#commit(this.#given(hash, name));
  }

  async #describe(hash: string, store: WeightStore, signal: AbortSignal): Promise<Partial<WeightRow>> {
    try {
      const metadata = await store.metadata(hash, signal);
      if (!metadata) return {};
      this.#learn(metadata);
      const { shape, dtype } = metadata;
      return { shape, dtype, byteLength: byteLengthOf(shape, dtype) };
    } catch (error) {
      rethrowUnlessAboutOneWeight(error);
      return { problem: CoralError.from(error).message, isDamaged: CoralError.is(error, 'corrupt') };
    }
  }

  #narrowed(group: WeightGroup, filter: string): Shown {
    const known = this.#shown.get(group);
    if (known?.filter === filter) return known;
    const isWanted = weightFilter(filter);
    const all = this.#status[group].flatMap((hash) => this.#namesOf(hash));
    const names = filter === '' ? all : all.filter(({ hash, name }) => isWanted(hash, name));
    const shown = { filter, modules: new ModuleLevel('', names) };
    this.#shown.set(group, shown);
    return shown;
  }

  #namesOf(hash: string): readonly NamedRow[] {
    return this.#known.names.get(hash) ?? [{ hash, name: this.#storedNames.get(hash), isCurrent: false }];
  }

  #given(hash: string, name: string | undefined): GivenName | undefined {
    return this.#known.names.get(hash)?.find((given) => given.name === name);
  }

  #commit(given: GivenName | undefined): CommitLabel | undefined {
    return given?.commit === undefined ? undefined : this.#known.commits.get(given.commit);
  }

  #learn(metadata: WeightMetadata): void {
    this.#sizes.set(metadata.hash, byteLengthOf(metadata.shape, metadata.dtype));
    const name = storedName(metadata);
    if (name !== undefined) this.#storedNames.set(metadata.hash, name);
  }

  #row(group: WeightGroup, { hash, name = this.#storedNames.get(hash), isCurrent }: NamedRow): WeightRow {
    const given = this.#given(hash, name);
    return {
      hash, name, isCurrent, otherNames: Math.max(0, this.#namesOf(hash).length - 1), mark: this.#mark(group, hash, name),
      isStagedOnly: given?.isStagedOnly, isDelta: given?.isDelta, commit: this.#commit(given),
    };
  }

  #mark(group: WeightGroup, hash: string, name: string | undefined): WeightRow['mark'] {
    if (group === 'synced') return undefined;
    this.#sides ??= sidesOf(this.#status, this.#known.names);
    const { hashesByName, here, there } = this.#sides;
    const otherSide = group === 'ahead' ? there : here;
    const isElsewhere = name !== undefined && hashesByName.get(name)?.some((other) => other !== hash && otherSide.has(other));
    if (isElsewhere) return 'M';
    return group === 'ahead' ? 'A' : 'R';
  }
}

const concurrency = 50;

/** Whatever is not wrong with one weight alone will happen to all. */
function rethrowUnlessAboutOneWeight(error: unknown): undefined {
  if (!CoralError.means(error, 'concerns one thing')) throw error;
  return undefined;
}

/** Which name has which hashes, and which side holds them: to tell a new version from a new weight. */
interface Sides {
  readonly hashesByName: ReadonlyMap<string, readonly string[]>;
  readonly here: ReadonlySet<string>;
  readonly there: ReadonlySet<string>;
}

function sidesOf({ ahead, behind, synced }: WeightLists, names: KnownNames['names']): Sides {
  const hashesByName = new Map<string, string[]>();
  for (const [hash, given] of names) {
    for (const { name } of given) {
      const hashes = hashesByName.get(name);
      if (hashes) hashes.push(hash);
      else hashesByName.set(name, [hash]);
    }
  }
  return { hashesByName, here: new Set([...ahead, ...synced]), there: new Set([...behind, ...synced]) };
}
