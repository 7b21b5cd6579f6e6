import { CoralError } from '../base/errors';
import { Semaphore } from '../base/semaphore';
import { stoppable } from '../base/stoppable';
import type { WeightStore } from '../storage/weightStore';
import type { Bandwidth } from './bandwidth';
import { expectedSizes } from './expectedSizes';
import type { Meter } from './meter';
import { runQueue } from './runQueue';

export interface WeightRunOptions {
  /** name of the remote, for errors */
  readonly remote: string;
  readonly force?: boolean | undefined;
  readonly meter: Meter;
  readonly bandwidth?: Bandwidth | undefined;
  /** weights under way at once; what both stores ask for when absent */
  readonly concurrency?: number | undefined;
  /** bytes of tensors under way at once, uncompressed, 64 MiB when absent; a larger tensor goes alone */
  readonly maxConcurrentBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The outcome of a run, which never rejects: what arrived stays, and failures are in `errors`. */
export interface Outcome {
  /** bytes of the tensors that arrived, uncompressed, by weight hash */
  readonly arrived: ReadonlyMap<string, number>;
  readonly errors: readonly CoralError[];
  /** It was cancelled, or the last of the errors ended it: sending more would meet the same. */
  readonly isEnded: boolean;
  /** weights without dimensions that were sent: the Python tool cannot pull them */
  readonly scalars: readonly string[];
}

/** A store commits small weights in groups, and object stores answer late. */
const defaultConcurrency = 64;

/** Sends the weights from one store to another, many at a time. One that fails does not hold up the others. */
export async function runTransfer(
  hashes: readonly string[], from: WeightStore, to: WeightStore, options: WeightRunOptions,
): Promise<Outcome> {
  return new Run(hashes, from, to, options).outcome();
}

class Run {
  readonly #hashes: readonly string[];
  readonly #from: WeightStore;
  readonly #to: WeightStore;
  readonly #options: WeightRunOptions;
  readonly #budget: Semaphore;
  readonly #errors: CoralError[] = [];
  readonly #scalars: string[] = [];
  readonly #arrived = new Map<string, number>();

  constructor(hashes: readonly string[], from: WeightStore, to: WeightStore, options: WeightRunOptions) {
    this.#hashes = hashes;
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#budget = new Semaphore(options.maxConcurrentBytes ?? 64 * 1024 * 1024);
  }

  async outcome(): Promise<Outcome> {
    const { signal, meter } = this.#options;
    meter.start(this.#hashes.length);
    const end = await this.#sendAll() ?? await this.#confirm();
    meter.finish();
    const [done, planned] = [this.#arrived.size, this.#hashes.length];
    if (signal?.aborted !== true) {
      if (end !== undefined) this.#record(end);
    } else if (done + this.#errors.length < planned) {
      this.#record(new CoralError('cancelled', `Cancelled after ${done} of ${planned} weights. Run it again to send the rest.`));
    }
    const scalars = this.#scalars.filter((hash) => this.#arrived.has(hash));
    return { arrived: this.#arrived, errors: this.#errors, isEnded: end !== undefined || signal?.aborted === true, scalars };
  }

  /** The expected total is reported as soon as it is known; nothing waits for it. */
  async #sendAll(): Promise<CoralError | undefined> {
    const { meter, bandwidth, signal } = this.#options;
    const wanted = [this.#from, this.#to, bandwidth].map((each) => each?.concurrency ?? defaultConcurrency);
    const { concurrency = Math.min(...wanted) } = this.#options;
    const over = stoppable(signal);
    const sizing = meter.isWatched ? expectedSizes(this.#hashes, this.#from, over.signal) : undefined;
    const told = sizing?.then((sizes) => { if (sizes) meter.expect(sizes); });
    const onError = (error: CoralError, hash: string): void => {
      this.#record(error.with({ hash }));
      meter.weightDone();
    };
    const end = await runQueue(this.#hashes, (hash, stop) => this.#send(hash, stop), { concurrency, onError, signal });
    over.stop();
    await told;
    return end;
  }

  /** Marks as failed what did not arrive after all. Nothing is asked after a cancellation: running it again finds out. */
  async #confirm(): Promise<CoralError | undefined> {
    const { remote, signal } = this.#options;
    if (this.#arrived.size === 0 || signal?.aborted === true) return undefined;
    try {
      for (const error of await this.#to.confirm?.(signal) ?? []) {
        this.#arrived.delete(error.hash ?? '');
        this.#record(error);
      }
      return undefined;
    } catch (error) {
      const known = CoralError.from(error, 'network');
      const message = `Whether ${remote} holds what was sent could not be confirmed: ${known.message}`;
      return new CoralError(known.reason, message, { isOutage: known.isOutage }, { cause: error });
    }
  }

  async #send(hash: string, signal: AbortSignal): Promise<void> {
    const weight = await this.#from.read(hash, signal);
    const { force, meter, bandwidth } = this.#options;
    if (weight === undefined) {
      this.#record(new CoralError('missing', `${hash} is no longer there; something removed it. Refresh and try again.`, { hash }));
    } else {
      const counted = meter.counted(bandwidth?.limited(weight) ?? weight);
      await this.#budget.with(weight.byteLength, () => this.#to.write(counted, { force, signal }), signal);
      this.#arrived.set(hash, weight.byteLength);
      if (weight.metadata.shape.length === 0) this.#scalars.push(hash);
    }
    meter.weightDone();
  }

  #record(error: CoralError): void {
    this.#errors.push(error.with({ remote: this.#options.remote }));
  }
}
