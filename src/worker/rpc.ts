import { CoralError } from '../core/base/errors';
import type { OnProgress, Progress } from '../core/transfer/progress';
import type { Message } from './protocol';

/** One end of the wire: a Worker seen from the host, parentPort seen from the worker. */
export interface Port {
  postMessage(message: Message): void;
  on(event: 'message', listener: (message: Message) => void): unknown;
}

export interface CallOptions {
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a handler is given besides its request. */
export interface CallContext {
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/** Methods that take one plain value and answer with one. */
type Methods = Record<string, (request: never) => Promise<unknown>>;
type Request<Api extends Methods, Method extends keyof Api> = Parameters<Api[Method]>[0];
type Reply<Api extends Methods, Method extends keyof Api> = Awaited<ReturnType<Api[Method]>>;

/** The serving side of an Api: each method also gets its call's progress and signal. */
export type Handlers<Api extends Methods> = {
  readonly [Method in keyof Api]: (request: Request<Api, Method>, context: CallContext) => Promise<Reply<Api, Method>>;
};

/** The same for an Api that is an interface, which unlike a mapped type has no index signature. */
export type HandlersOf<Api> = Handlers<MethodsOf<Api>>;
type MethodsOf<Api> = { [Method in keyof Api]: Api[Method] extends (request: never) => Promise<unknown> ? Api[Method] : never };

/** Milliseconds between two reports of one call's progress: five a second at most. */
const progressPeriod = 200;

/** Answers calls from `port`. Every failure crosses as a CoralError. */
export function serve<Api extends Methods>(port: Port, handlers: Handlers<Api>): void {
  const running = new Map<number, AbortController>();

  const answer = async (id: number, method: string, params: unknown) => {
    const controller = new AbortController();
    running.set(id, controller);
    const progress = coalesce((value) => port.postMessage({ kind: 'progress', id, value }));
    try {
      const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined;
      if (!handler) throw new CoralError('unsupported', `The Coral worker has no method "${method}".`);
      const result = await handler(params as never, { onProgress: progress.report, signal: controller.signal });
      progress.stop();
      port.postMessage({ kind: 'done', id, result });
    } catch (error) {
      progress.stop();
      port.postMessage({ kind: 'fail', id, error: failure(error, controller.signal).toJSON() });
    } finally {
      running.delete(id);
    }
  };

  port.on('message', (message) => {
    if (message.kind === 'call') void answer(message.id, message.method, message.params);
    else if (message.kind === 'cancel') running.get(message.id)?.abort(new CoralError('cancelled', 'Cancelled.'));
  });
}

/** Whatever a library throws once its signal is aborted, the caller cancelled. An error of ours says itself what it is. */
function failure(error: unknown, signal: AbortSignal): CoralError {
  if (!CoralError.is(error) && signal.aborted) return new CoralError('cancelled', 'Cancelled.', {}, { cause: error });
  const known = CoralError.from(error);
  if (known !== error && error instanceof Error && error.stack !== undefined) known.stack = error.stack;
  return known;
}

/** Passes the first value on at once, and then the newest one each period. */
function coalesce(send: OnProgress): { report: OnProgress; stop: () => void } {
  let latest: Progress | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const tick = () => {
    timer = undefined;
    if (latest === undefined) return;
    send(latest);
    latest = undefined;
    timer = setTimeout(tick, progressPeriod);
  };
  return {
    report: (value) => {
      if (stopped) return;
      latest = value;
      if (timer === undefined) tick();
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

interface PendingCall {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: CoralError) => void;
  readonly onProgress: OnProgress | undefined;
  readonly forget: () => void;
}

/** The calling side of a port, until it is closed. */
export class Connection<Api extends Methods> {
  readonly #port: Port;
  readonly #pending = new Map<number, PendingCall>();
  readonly #log: (text: string) => void;
  #lastId = 0;
  #closed: CoralError | undefined;

  /** @param log gets the lines that the other side has for the log */
  constructor(port: Port, log: (text: string) => void = () => undefined) {
    this.#port = port;
    this.#log = log;
    port.on('message', (message) => this.#receive(message));
  }

  call<Method extends keyof Api & string>(
    method: Method, request: Request<Api, Method>, options: CallOptions = {},
  ): Promise<Reply<Api, Method>> {
    const { onProgress, signal } = options;
    if (this.#closed) return Promise.reject(this.#closed);
    if (signal?.aborted) return Promise.reject(new CoralError('cancelled', 'Cancelled.'));
    const id = this.#lastId += 1;
    return new Promise<Reply<Api, Method>>((resolve, reject) => {
      this.#port.postMessage({ kind: 'call', id, method, params: request });
      const cancel = () => this.#port.postMessage({ kind: 'cancel', id });
      signal?.addEventListener('abort', cancel, { once: true });
      const forget = () => signal?.removeEventListener('abort', cancel);
      this.#pending.set(id, { resolve: resolve as (result: unknown) => void, reject, onProgress, forget });
    });
  }

  /** Rejects every call under way, and every later one, with `reason`. */
  close(reason: CoralError): void {
    if (this.#closed) return;
    this.#closed = reason;
    for (const call of this.#pending.values()) {
      call.forget();
      call.reject(reason);
    }
    this.#pending.clear();
  }

  #receive(message: Message): void {
    if (message.kind === 'log') return this.#log(message.text);
    const call = this.#pending.get(message.id);
    if (!call) return;
    if (message.kind === 'progress') {
      call.onProgress?.(message.value);
      return;
    }
    this.#pending.delete(message.id);
    call.forget();
    if (message.kind === 'done') call.resolve(message.result);
    else if (message.kind === 'fail') call.reject(CoralError.fromJSON(message.error));
  }
}
