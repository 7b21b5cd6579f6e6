import { CoralError, throwIfCancelled } from '../../base/errors';
import type { DeltaStore } from '../../storage/deltaStore';
import { Semaphore } from '../../base/semaphore';
import type { Surveyed, SurveyedItem } from '../../storage/survey';
import type { WeightStore } from '../../storage/weightStore';
import type { Meter } from '../../transfer/meter';
import { runQueue } from '../../transfer/runQueue';
import type { DeltaMetadata } from '../../weights/delta';
import type { WeightMetadata } from '../../weights/weight';
import type { Depth, Finding, Mend } from './integrityReport';

type CheckedStore = WeightStore & DeltaStore & Surveyed;

export interface StoreCheckOptions {
  readonly depth: Depth;
  /** what Repair can do about damage */
  readonly mend: Mend;
  /** for people: "this repository", "origin" */
  readonly place: string;
  /** the path or URL of the store */
  readonly location: string;
  /** what commits call a weight */
  readonly nameOf: (hash: string) => string | undefined;
  readonly meter: Meter;
  readonly signal?: AbortSignal | undefined;
}

export interface StoreCheck {
  /** false when its content cannot be read at all */
  readonly isReadable: boolean;
  /** hashes under which something exists, damaged or not */
  readonly weights: ReadonlySet<string>;
  /** delta hash to the weight it is based on; "" where that cannot be read */
  readonly deltas: ReadonlyMap<string, string>;
  readonly bytes: number;
  readonly findings: readonly Finding[];
}

/** Reading holds a block of each item, and at most `maxConcurrentBytes` of large ones together. */
const concurrency = 32;
const maxConcurrentBytes = 64 * 1024 * 1024;
const blockBytes = 8 * 1024 * 1024;

/** Reads the metadata of every weight and delta, in a deep check all of their bytes. Changes nothing. */
export async function checkStore(store: CheckedStore, options: StoreCheckOptions): Promise<StoreCheck> {
  return new StoreChecker(store, options).run();
}

class StoreChecker {
  readonly #store: CheckedStore;
  readonly #options: StoreCheckOptions;
  readonly #budget = new Semaphore(maxConcurrentBytes);
  readonly #findings: Finding[] = [];
  readonly #weights = new Map<string, WeightMetadata | undefined>();
  readonly #deltas = new Map<string, DeltaMetadata | undefined>();
  #metadata: ReadonlySet<string> | undefined;
  #bytes = 0;

  constructor(store: CheckedStore, options: StoreCheckOptions) {
    this.#store = store;
    this.#options = options;
  }

  async run(): Promise<StoreCheck> {
    const { meter, signal } = this.#options;
    const { items, metadata, strange } = await this.#store.survey(signal);
    this.#metadata = metadata;
    for (const { kind, hash, incomplete } of items) if (!incomplete) (kind === 'weight' ? this.#weights : this.#deltas).set(hash, undefined);
    meter.start(items.length);
    const onError = (error: CoralError, item: SurveyedItem): void => this.#fail(item, error);
    const end = await runQueue(items, (item, stop) => this.#check(item, stop).finally(() => meter.weightDone()), { concurrency, onError, signal });
    throwIfCancelled(signal);
    if (end !== undefined) throw end;
    meter.finish();
    this.#checkFit();
    this.#remarkOnMetadata();
    for (const path of strange) this.#remark(path);
    const deltas = new Map([...this.#deltas].map(([hash, delta]) => [hash, delta?.referenceHash ?? '']));
    return { isReadable: true, weights: new Set(this.#weights.keys()), deltas, bytes: this.#bytes, findings: this.#findings };
  }

  async #check(item: SurveyedItem, signal: AbortSignal): Promise<void> {
    if (item.incomplete) this.#reportIncomplete(item);
    else if (item.kind === 'weight') await this.#checkWeight(item.hash, signal);
    else await this.#checkDelta(item.hash, signal);
  }

  async #checkWeight(hash: string, signal: AbortSignal): Promise<void> {
    const { depth, meter } = this.#options;
    const weight = await this.#store.read(hash, signal);
    if (weight === undefined) throw gone(hash);
    this.#weights.set(hash, weight.metadata);
    const problem = await this.#store.descriptionProblem(hash, weight.metadata, signal);
    if (problem !== undefined) this.#reportDescription(hash, problem);
    if (depth === 'deep') await this.#readAll(weight.byteLength, meter.counted(weight).blocks(signal), signal);
  }

  async #checkDelta(hash: string, signal: AbortSignal): Promise<void> {
    const { depth, meter } = this.#options;
    const delta = await this.#store.readDelta(hash, signal);
    if (delta === undefined) throw gone(hash);
    this.#deltas.set(hash, delta.metadata);
    if (depth === 'deep') await this.#readAll(delta.byteLength, meter.countedBlocks(delta.byteLength, (stop) => delta.blocks(stop))(signal), signal);
  }

  /** The stream verifies its hash at the end. */
  async #readAll(byteLength: number, blocks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    await this.#budget.with(Math.min(byteLength, 2 * blockBytes), async () => {
      for await (const block of blocks) this.#bytes += block.byteLength;
    }, signal);
  }

  /** A delta's hash does not cover the shape and dtype it is for. */
  #checkFit(): void {
    const reported = new Set(this.#findings.map(({ hash }) => hash));
    for (const [hash, delta] of this.#deltas) {
      const reference = delta && this.#weights.get(delta.referenceHash);
      if (delta === undefined || reference === undefined || reported.has(hash)) continue;
      const [meant, found] = [describe(delta.originalDtype, delta.originalShape), describe(reference.dtype, reference.shape)];
      if (meant !== found) this.#damaged('delta', hash, `Delta ${hash} in ${this.#options.location} is damaged: it is for ${meant}, but weight ${delta.referenceHash}, on which it is based, is ${found}.`);
    }
  }

  #fail({ kind, hash }: SurveyedItem, error: CoralError): void {
    const { reason, message } = error;
    if (CoralError.means(error, 'cannot be read')) return this.#damaged(kind, hash, message, reason === 'unsupported');
    this.#find(hash, {
      severity: 'warning', subject: kind, fault: 'unread', mend: 'hand',
      message: `${title(kind)} ${hash} could not be read, so nothing is known of it: ${message} Check again.`,
    });
  }

  #damaged(kind: SurveyedItem['kind'], hash: string, message: string, isForeign = false): void {
    const how = isForeign ? { severity: 'warning', mend: 'hand' } as const : { severity: 'error', mend: this.#options.mend } as const;
    this.#find(hash, { ...how, subject: kind, fault: 'damaged', message });
  }

  #find(hash: string, finding: Omit<Finding, 'hash' | 'name' | 'path'>): void {
    const { location, nameOf } = this.#options;
    this.#findings.push({ ...finding, hash, name: nameOf(hash), path: location });
  }

  #reportIncomplete({ kind, hash }: SurveyedItem): void {
    const { mend, location } = this.#options;
    this.#find(hash, {
      severity: 'error', subject: kind, fault: 'incomplete', mend,
      message: `${title(kind)} ${hash} in ${location} lacks the attributes that say what it is, as a program leaves it that was killed; it counts as absent. `
        + 'Repair writes a good copy over it, where there is one.',
    });
  }

  #reportDescription(hash: string, problem: string): void {
    const { mend, location } = this.#options;
    this.#find(hash, {
      severity: 'warning', subject: 'metadata', fault: 'damaged', mend,
      message: `What ${location} says about weight ${hash} is wrong: ${problem}. Its data is another matter. Repair writes what the other side says.`,
    });
  }

  #remarkOnMetadata(): void {
    const { mend, place } = this.#options;
    if (this.#metadata === undefined) return;
    for (const hash of this.#weights.keys()) {
      if (this.#metadata.has(hash)) continue;
      this.#find(hash, {
        severity: 'warning', subject: 'metadata', fault: 'missing', mend,
        message: `Weight ${hash} in ${place} has no metadata object, so nobody there knows its name. Repair writes it, if this repository has the weight.`,
      });
    }
    for (const hash of [...this.#metadata].filter((described) => !this.#weights.has(described))) {
      this.#find(hash, {
        severity: 'remark', subject: 'metadata', fault: 'unknown', mend: 'hand',
        message: `There is metadata for weight ${hash} in ${place}, but no such weight: a push that was cut off leaves this. Pushing again completes it; it does no harm.`,
      });
    }
  }

  #remark(path: string): void {
    const { location } = this.#options;
    this.#findings.push({ severity: 'remark', subject: 'file', fault: 'unknown', path, mend: 'hand', message: `${location} holds ${JSON.stringify(path)}, which is not Coral's. It does no harm.` });
  }
}

const title = (kind: SurveyedItem['kind']): string => (kind === 'weight' ? 'Weight' : 'Delta');
const describe = (dtype: string, shape: readonly number[]): string => `${dtype} (${shape.join(', ')})`;
const gone = (hash: string): CoralError => new CoralError('missing', 'it went away meanwhile.', { hash });

/** The finding about a store that is itself unreadable; rethrows errors with another cause. */
export function unreadableStore(error: unknown, { location, mend }: Pick<StoreCheckOptions, 'location' | 'mend'>): StoreCheck {
  if (!CoralError.means(error, 'cannot be read')) throw error;
  const isCorrupt = error.reason === 'corrupt';
  const finding: Finding = { severity: 'error', subject: 'store', fault: 'damaged', path: error.path ?? location, message: error.message, mend: isCorrupt ? mend : 'hand' };
  return { isReadable: false, weights: new Set(), deltas: new Map(), bytes: 0, findings: [finding] };
}
