import type { Worker } from 'node:worker_threads';
import { CoralError } from '../core/base/errors';
import type { WorkerSettings } from './protocol';
import { type CallOptions, Connection } from './rpc';
import type { CoralApi } from './service';

/** CoralApi as a mapped type, which unlike an interface has an index signature. */
type Api = { [Method in keyof CoralApi]: CoralApi[Method] };

interface RunningWorker {
  readonly thread: Worker;
  readonly connection: Connection<Api>;
  readonly end: (reason: string) => void;
}

/** Milliseconds that a thread may take to hear of a cancellation: to list a million weights takes some seconds. */
const defaultPatience = 30_000;

/**
 * The host's side of the worker. The first call starts the thread; when the thread dies, its calls reject with a CoralError
 * and the next call starts a new one, with the same settings.
 */
export class CoralClient {
  readonly #start: () => Worker;
  readonly #log: ((text: string) => void) | undefined;
  readonly #patience: number;
  #settings: WorkerSettings;
  #running: RunningWorker | undefined;
  #disposed = false;

  /**
   * @param log gets a line for each request to a bucket, where the settings say so
   * @param patience milliseconds that a cancelled thread has to show that it is alive
   */
  constructor(start: () => Worker, settings: WorkerSettings = {}, log?: (text: string) => void, patience = defaultPatience) {
    this.#start = start;
    this.#log = log;
    this.#patience = patience;
    this.#settings = settings;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  async call<Method extends keyof CoralApi>(
    method: Method, request: Parameters<CoralApi[Method]>[0], options?: CallOptions,
  ): Promise<Awaited<ReturnType<CoralApi[Method]>>> {
    const running = this.#running ??= this.#launch();
    const onAbort = () => void this.#endIfStuck(running);
    options?.signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await running.connection.call(method, request, options);
    } finally {
      options?.signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Settings for this worker and every later one; starts none. */
  async configure(settings: WorkerSettings): Promise<void> {
    this.#settings = settings;
    await this.#running?.connection.call('configure', settings);
  }

  /** Ends the thread, whatever it is doing; calls under way reject as cancelled. */
  dispose(): void {
    this.#disposed = true;
    const running = this.#running;
    this.#running = undefined;
    running?.connection.close(new CoralError('cancelled', 'Coral was closed.'));
    void running?.thread.terminate();
  }

  /** Only a library that loops for ever, over a damaged file say, keeps the thread from hearing anything. */
  async #endIfStuck({ thread, connection, end }: RunningWorker): Promise<void> {
    const timer = setTimeout(() => {
      end('was stuck and has been ended');
      void thread.terminate();
    }, this.#patience);
    await connection.call('configure', this.#settings).catch(() => undefined);
    clearTimeout(timer);
  }

  #launch(): RunningWorker {
    if (this.#disposed) throw new CoralError('cancelled', 'Coral was closed.');
    const thread = this.#start();
    const connection = new Connection<Api>(thread, this.#log);
    const end = (reason: string) => {
      connection.close(new CoralError('invalid', `The Coral worker ${reason}; what it was doing stopped. Run the command again.`));
      if (this.#running === running) this.#running = undefined;
    };
    const running = { thread, connection, end };
    thread.on('error', (error) => end(isOutOfMemory(error) ? 'ran out of memory' : `failed (${messageOf(error)})`));
    thread.on('messageerror', (error) => end(`sent what cannot be read (${error.message})`));
    thread.on('exit', (code) => end(`ended with code ${code}`));
    // Every later call queues behind this one. When it fails the thread is dead, and those calls say so.
    connection.call('configure', this.#settings).catch(() => undefined);
    return running;
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
