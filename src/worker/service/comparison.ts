import type { SyncStatus } from '../../core/repository/syncStatus';
import { CoralError } from '../../core/errors';
import type { WeightStore } from '../../core/storage/weightStore';
import { elementCount, type WeightMetadata } from '../../core/weights/weight';
import { itemSize } from '../../core/weights/dtype';
import type { WeightGroup, WeightRow } from '../protocol/weights';

/** The lists of one status, kept so that paging through them lists nothing again. */
export class Comparison {
  readonly #status: SyncStatus;
  readonly #names: ReadonlyMap<string, readonly string[]>;
  readonly #hashesByName: ReadonlyMap<string, readonly string[]>;
  readonly #here: ReadonlySet<string>;
  readonly #there: ReadonlySet<string>;
  readonly #sorted = new Map<WeightGroup, readonly string[]>();

  /** @param names what commits and staging call each hash, the best first */
  constructor(status: SyncStatus, names: ReadonlyMap<string, readonly string[]>) {
    this.#status = status;
    this.#names = names;
    this.#hashesByName = invert(names);
    this.#here = new Set([...status.ahead, ...status.synced]);
    this.#there = new Set([...status.behind, ...status.synced]);
  }

  /** The hashes of a group: those with names first, by name. */
  sorted(group: WeightGroup): readonly string[] {
    const known = this.#sorted.get(group);
    if (known) return known;
    const keyed = this.#status[group].map((hash) => ({ hash, name: this.#names.get(hash)?.[0] }));
    keyed.sort((one, other) => Number(one.name === undefined) - Number(other.name === undefined)
      || byName.compare(one.name ?? '', other.name ?? '') || (one.hash < other.hash ? -1 : 1));
    const hashes = keyed.map(({ hash }) => hash);
    this.#sorted.set(group, hashes);
    return hashes;
  }

  /** A row for each hash, with what `store`, the side that holds it, says about it. */
  rows(group: WeightGroup, hashes: readonly string[], store: WeightStore, signal: AbortSignal): Promise<WeightRow[]> {
    return Promise.all(hashes.map(async (hash) => {
      try {
        return this.#row(group, hash, await store.metadata(hash, signal));
      } catch (error) {
        if (CoralError.is(error, 'cancelled')) throw error;
        return { ...this.#row(group, hash, undefined), problem: CoralError.from(error).message };
      }
    }));
  }

  #row(group: WeightGroup, hash: string, metadata: WeightMetadata | undefined): WeightRow {
    const stored = metadata === undefined || placeholders.has(metadata.name) ? [] : [metadata.name];
    const names = [...new Set([...this.#names.get(hash) ?? [], ...stored])];
    const row = { hash, names, mark: this.#mark(group, hash, names) };
    if (!metadata) return row;
    const { shape, dtype } = metadata;
    return { ...row, shape, dtype, byteLength: elementCount(shape) * itemSize(dtype) };
  }

  #mark(group: WeightGroup, hash: string, names: readonly string[]): WeightRow['mark'] {
    if (group === 'synced') return undefined;
    const otherSide = group === 'ahead' ? this.#there : this.#here;
    const isElsewhere = names.some((name) => this.#hashesByName.get(name)?.some((other) => other !== hash && otherSide.has(other)));
    if (isElsewhere) return 'M';
    return group === 'ahead' ? 'A' : 'R';
  }
}

/** What a store says where it knows no name; "unnamed" comes from the Python tool. */
const placeholders = new Set(['', 'unnamed']);

/** "layers.2" before "layers.10" */
const byName = new Intl.Collator('en', { numeric: true });

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
