import { setMaxListeners } from 'node:events';
import { CoralError } from '../errors';
import { Semaphore } from '../base/semaphore';
import type { WeightStore } from '../storage/weightStore';
import type { Bandwidth } from './bandwidth';
import { expectedSizes } from './expectedSizes';
import type { Meter } from './meter';

export interface RunOptions {
  /** name of the remote, for errors */
  readonly remote: string;
  readonly force?: boolean | undefined;
  readonly meter: Meter;
  readonly bandwidth?: Bandwidth | undefined;
  /** weights under way at once; what both stores ask for when absent */
  readonly weightsAtOnce?: number | undefined;
  /** bytes of tensors under way at once, uncompressed, 64 MiB when absent; a larger tensor goes alone */
  readonly bytesAtOnce?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What came of a run. It never rejects: what arrived has arrived, and the rest is told in `errors`. */
export interface Outcome {
  readonly weights: number;
  /** bytes of the tensors that arrived, uncompressed */
  readonly bytes: number;
  readonly errors: readonly CoralError[];
  /** weights without dimensions that were sent: the Python tool cannot pull them */
  readonly scalars: readonly string[];
}

/** A store commits small weights in groups, and object stores answer late. */
const usualAtOnce = 64;

/** After so many network failures in a row, with no weight through in between, the other side counts as gone. */
const networkPatience = 16;

/** Sends the weights from one store to another, many at a time. One that fails does not hold up the others. */
export async function runTransfer(hashes: readonly string[], from: WeightStore, to: WeightStore, options: RunOptions): Promise<Outcome> {
  const run = new Run(hashes, from, to, options);
  return run.outcome();
}

class Run {
  readonly #hashes: readonly string[];
  readonly #queue: Iterator<string>;
  readonly #from: WeightStore;
  readonly #to: WeightStore;
  readonly #options: RunOptions;
  readonly #budget: Semaphore;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #errors: CoralError[] = [];
  readonly #scalars: string[] = [];
  #networkFailures = 0;
  #weights = 0;
  #bytes = 0;

  constructor(hashes: readonly string[], from: WeightStore, to: WeightStore, options: RunOptions) {
    this.#hashes = hashes;
    this.#queue = hashes[Symbol.iterator]();
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#budget = new Semaphore(options.bytesAtOnce ?? 64 * 1024 * 1024);
    this.#signal = AbortSignal.any([this.#stop.signal, ...(options.signal === undefined ? [] : [options.signal])]);
    // Each request under way listens; Node takes more than ten listeners for a leak.
    setMaxListeners(0, this.#signal);
  }

  async outcome(): Promise<Outcome> {
    const { signal, remote, meter, bandwidth } = this.#options;
    const bestAtOnce = Math.min(this.#from.weightsAtOnce ?? usualAtOnce, this.#to.weightsAtOnce ?? usualAtOnce, bandwidth?.weightsAtOnce ?? usualAtOnce);
    const weightsAtOnce = this.#options.weightsAtOnce ?? bestAtOnce;
    const planned = this.#hashes.length;
    meter.start(planned);
    await this.#sendAll(Math.min(weightsAtOnce, planned));
    await this.#confirm();
    meter.finish();
    if (signal?.aborted === true && this.#weights + this.#errors.length < planned) {
      const rest = 'Run it again to send the rest.';
      this.#errors.push(new CoralError('cancelled', `Cancelled after ${this.#weights} of ${planned} weights. ${rest}`, { remote }));
    }
    return { weights: this.#weights, bytes: this.#bytes, errors: this.#errors, scalars: this.#scalars };
  }

  /** Who watches is told how much there will be as soon as that is known, which nothing waits for. */
  async #sendAll(weightsAtOnce: number): Promise<void> {
    const { meter } = this.#options;
    const over = new AbortController();
    const sizing = meter.isWatched ? expectedSizes(this.#hashes, this.#from, AbortSignal.any([this.#signal, over.signal])) : undefined;
    const told = sizing?.then((sizes) => { if (sizes) meter.expect(sizes); });
    await Promise.all(Array.from({ length: weightsAtOnce }, () => this.#work()));
    over.abort();
    await told;
  }

  /** One of the workers: takes the next weight until none is left or the run is stopped. */
  async #work(): Promise<void> {
    for (let next = this.#queue.next(); next.done !== true && !this.#signal.aborted; next = this.#queue.next()) {
      try {
        await this.#send(next.value);
        this.#networkFailures = 0;
      } catch (error) {
        this.#fail(next.value, CoralError.from(error, 'network'));
      }
    }
  }

  /** What is not there after all counts as failed. After a cancellation nothing is asked any more: running it again finds out. */
  async #confirm(): Promise<void> {
    if (this.#weights === 0 || this.#options.signal?.aborted === true) return;
    try {
      const errors = await this.#to.confirm?.(this.#options.signal) ?? [];
      this.#weights -= errors.length;
      for (const error of errors) this.#errors.push(error.with({ remote: this.#options.remote }));
    } catch (error) {
      const { reason, message } = CoralError.from(error, 'network');
      if (reason === 'cancelled') return;
      this.#errors.push(new CoralError(reason, `Whether ${this.#options.remote} holds what was sent could not be confirmed: ${message}`, { remote: this.#options.remote }, { cause: error }));
    }
  }

  async #send(hash: string): Promise<void> {
    const weight = await this.#from.read(hash, this.#signal);
    if (weight === undefined) return this.#record(new CoralError('missing', `${hash} is no longer there; something removed it. Refresh and try again.`, { hash }));
    const { force, meter, bandwidth } = this.#options;
    const counted = meter.counted(bandwidth?.limited(weight) ?? weight);
    await this.#budget.with(weight.byteLength, () => this.#to.write(counted, { force, signal: this.#signal }), this.#signal);
    this.#weights += 1;
    this.#bytes += weight.byteLength;
    if (weight.metadata.shape.length === 0) this.#scalars.push(hash);
    this.#options.meter.weightDone();
  }

  #fail(hash: string, error: CoralError): void {
    if (this.#signal.aborted && (error.reason === 'cancelled' || concernsAll(error))) return;
    this.#record(error.with({ hash }));
    if (error.reason === 'network' || error.reason === 'busy') this.#networkFailures += 1;
    if (concernsAll(error) || this.#networkFailures >= networkPatience) this.#stop.abort();
  }

  #record(error: CoralError): void {
    this.#errors.push(error.with({ remote: this.#options.remote }));
    this.#options.meter.weightDone();
  }
}

/** Whether every other weight would meet the same failure: refused, no space, no bucket. */
function concernsAll({ reason }: CoralError): boolean {
  return reason === 'auth' || reason === 'denied' || reason === 'full' || reason === 'missing';
}
