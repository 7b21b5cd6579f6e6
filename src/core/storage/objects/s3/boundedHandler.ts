import { pipeline, Readable, Transform } from 'node:stream';
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import { maxWindows, Pace } from '../pace';

type Handle = NodeHttpHandler['handle'];
type Request = Parameters<Handle>[0];

const kibibyte = 1024;
/** A page of a listing names up to 1,000 keys of 1 KiB, which XML may make six times as long; no other answer comes near that. */
const maxAnswerBytes = 16 * kibibyte * kibibyte;
/** An error has a code, a sentence and an id. */
const maxErrorBytes = 64 * kibibyte;
/** What is sent goes in blocks of this size, so that its progress can be seen. */
const sentBlockBytes = 16 * kibibyte;

/** What the SDK reports when an answer is longer than any such answer can be, or slower than any link; see `s3Errors`. */
export const tooLong = 'AnswerTooLong';
export const tooSlow = 'AnswerTooSlow';

/**
 * Reads no more of an answer than fits what was asked, and waits for none without end. The SDK holds every answer in memory but the
 * content of an object, which whoever reads it bounds (`watchdog` its time). It serves the requests for temporary credentials as well.
 */
export class BoundedHandler extends NodeHttpHandler {
  readonly #stall: number;

  /** @param stall milliseconds without substantial progress after which a request is given up */
  constructor(options: NodeHttpHandlerOptions, stall: number) {
    super({ ...options, socketTimeout: stall });
    this.#stall = stall;
  }

  override async handle(...[request, options]: Parameters<Handle>): ReturnType<Handle> {
    const answer = await this.#begun(request, options);
    const limit = maxBytes(request, answer.response.statusCode);
    if (limit !== undefined) answer.response.body = this.#bounded(answer.response.body as Readable, limit, mayKeepWaiting(request));
    return answer;
  }

  /** The silence of a socket is not enough to go by: a server may say "100 Continue" for ever. */
  async #begun(request: Request, options: Parameters<Handle>[1]): ReturnType<Handle> {
    const body: unknown = request.body;
    const sends = (typeof body === 'string' || body instanceof Uint8Array) && body.length > 0;
    const limit = sends ? this.#stall * maxWindows : this.#stall;
    const { signal, late, settle } = timed(limit, options?.abortSignal as AbortSignal | undefined);
    const sent = body instanceof Uint8Array && sends ? Readable.from(blocksOf(body, () => late.refresh()), { objectMode: false }) : body;
    try {
      const copy = Object.assign(Object.create(Object.getPrototypeOf(request) as object) as Request, request, { body: sent });
      const answer = await super.handle(copy, { ...options, abortSignal: signal });
      (answer.response.body as Readable).once('close', settle);
      return answer;
    } catch (error) {
      settle();
      if (signal.reason !== tooSlow) throw error;
      throw sends ? named(tooSlow, `no answer in ${limit / 1000} s`) : named('TimeoutError', `No answer in ${limit / 1000} s.`);
    } finally {
      clearTimeout(late);
    }
  }

  #bounded(body: Readable, limit: number, waits: boolean): Readable {
    const maxMs = this.#stall * maxWindows;
    const pace = new Pace(this.#stall);
    let length = 0;
    const counter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        length += chunk.byteLength;
        pace.received(chunk.byteLength);
        if (length > limit) done(named(tooLong, `The answer has more than ${limit} bytes.`));
        else done(null, chunk);
      },
    });
    const late = (bytes: number, time: number): void => (
      void counter.destroy(named(tooSlow, `it sent only ${bytes} bytes in ${time / 1000} s`)));
    const stopPace = waits ? undefined : pace.run((bytes) => late(bytes, this.#stall));
    const timer = setTimeout(() => late(length, maxMs), maxMs);
    // An error ends both, and with the body its connection; whoever reads learns of it from the counter.
    return pipeline(body, counter, () => {
      stopPace?.();
      clearTimeout(timer);
    });
  }
}

/** A signal that aborts with the caller's, and when it is late; the caller is let go of with `settle`. */
function timed(limit: number, caller: AbortSignal | undefined): { signal: AbortSignal; late: NodeJS.Timeout; settle: () => void } {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort();
  if (caller?.aborted) onAbort();
  caller?.addEventListener('abort', onAbort, { once: true });
  const late = setTimeout(() => controller.abort(tooSlow), limit);
  return { signal: controller.signal, late, settle: () => caller?.removeEventListener('abort', onAbort) };
}

function* blocksOf(bytes: Uint8Array, onBlock: () => void): Iterable<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += sentBlockBytes) {
    onBlock();
    yield bytes.subarray(start, start + sentBlockBytes);
  }
}

/** The answer to the end of an upload begins at once, and blanks follow until its parts are joined. */
function mayKeepWaiting({ method, query }: Request): boolean {
  return method === 'POST' && query['uploadId'] !== undefined;
}

function maxBytes({ query }: Request, status: number): number | undefined {
  if (status >= 300) return maxErrorBytes;
  return query['x-id'] === 'GetObject' ? undefined : maxAnswerBytes;
}

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });
