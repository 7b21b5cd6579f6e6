import type { Depth, Finding, IntegrityReport } from '../../core/repository/integrity/integrityReport';

interface Found {
  readonly finding: Finding;
  readonly depth: Depth;
}

/**
 * The weights that checks found damaged, in places: a repository and its remotes. One stays so until a later check that looks as
 * closely finds it sound, or a repair has mended it. Never changes: what is found makes another one.
 */
export class Damage<Place> {
  readonly #found: ReadonlyMap<Place, ReadonlyMap<string, Found>>;

  constructor(found: ReadonlyMap<Place, ReadonlyMap<string, Found>> = new Map()) {
    this.#found = found;
  }

  of(place: Place, hash: string): Finding | undefined {
    return this.#found.get(place)?.get(hash)?.finding;
  }

  /** How many weights are damaged in any of these places. */
  count(...places: readonly Place[]): number {
    return new Set(places.flatMap((place) => [...this.#at(place).keys()])).size;
  }

  afterCheck(place: Place, { depth, findings }: Pick<IntegrityReport, 'depth' | 'findings'>): Damage<Place> {
    const unread = new Set(findings.flatMap(({ fault, hash }) => (fault === 'unread' && hash !== undefined ? [hash] : [])));
    // A shallow check reads no tensors: what a deep one saw in them still holds.
    const left = [...this.#at(place)].filter(([hash, found]) => unread.has(hash) || (depth === 'shallow' && found.depth === 'deep'));
    const seen = findings.filter(isOfWeight).map((finding) => [finding.hash, { finding, depth }] as const);
    return this.#with(place, new Map([...seen, ...left]));
  }

  afterRepair(place: Place, mended: readonly { readonly hash: string }[]): Damage<Place> {
    const hashes = new Set(mended.map(({ hash }) => hash));
    return this.#with(place, new Map([...this.#at(place)].filter(([hash]) => !hashes.has(hash))));
  }

  #at(place: Place): ReadonlyMap<string, Found> {
    return this.#found.get(place) ?? new Map();
  }

  #with(place: Place, found: ReadonlyMap<string, Found>): Damage<Place> {
    return new Damage(new Map([...this.#found, [place, found]]));
  }
}

function isOfWeight(finding: Finding): finding is Finding & { readonly hash: string } {
  const { subject, fault, severity, hash } = finding;
  return hash !== undefined && fault === 'damaged' && ((subject === 'weight' && severity === 'error') || subject === 'metadata');
}
