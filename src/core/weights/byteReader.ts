import { CoralError, throwIfCancelled } from '../base/errors';

const nothing = new Uint8Array(0);

/** Reads a stream of bytes by amounts instead of by the chunks it comes in. Copies only where a chunk must be joined to the next. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #signal: AbortSignal | undefined;
  /** bytes that were taken from the source and not yet from the reader */
  #ahead: Uint8Array = nothing;

  constructor(source: AsyncIterable<Uint8Array>, signal?: AbortSignal) {
    this.#source = source[Symbol.asyncIterator]();
    this.#signal = signal;
  }

  /** The next bytes, as many as come at once and at least one; undefined at the end. */
  async some(): Promise<Uint8Array | undefined> {
    throwIfCancelled(this.#signal);
    if (this.#ahead.byteLength > 0) {
      const ahead = this.#ahead;
      this.#ahead = nothing;
      return ahead;
    }
    for (;;) {
      const next = await this.#source.next();
      throwIfCancelled(this.#signal);
      if (next.done === true) return undefined;
      if (next.value.byteLength > 0) return next.value;
    }
  }

  /** Puts back bytes that were taken last. */
  unread(bytes: Uint8Array): void {
    this.#ahead = this.#ahead.byteLength === 0 ? bytes : Buffer.concat([bytes, this.#ahead]);
  }

  /** The next `length` bytes, fewer only at the end; they stay to be read. */
  async peek(length: number): Promise<Uint8Array> {
    if (this.#ahead.byteLength < length) this.#ahead = await this.#gather(length);
    return this.#ahead.subarray(0, length);
  }

  async #gather(length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (let known = 0; known < length;) {
      const part = await this.some();
      if (part === undefined) break;
      parts.push(part);
      known += part.byteLength;
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
  }

  /** The next `length` bytes. `what` they are is named when the stream ends among them. */
  async exactly(length: number, what: string): Promise<Uint8Array> {
    const bytes = await this.peek(length);
    if (bytes.byteLength < length) throw endsWithin(what);
    this.#ahead = this.#ahead.subarray(length);
    return bytes;
  }

  /** The next `length` bytes as they come. */
  async *take(length: number, what: string): AsyncGenerator<Uint8Array, void> {
    for (let left = length; left > 0;) {
      const part = await this.some();
      if (part === undefined) throw endsWithin(what);
      if (part.byteLength > left) this.unread(part.subarray(left));
      yield part.subarray(0, left);
      left -= part.byteLength;
    }
  }

  async skip(length: number, what: string): Promise<void> {
    const taken = this.take(length, what);
    while ((await taken.next()).done !== true);
  }

  /** Lets go of the source, which frees its connection. Does not wait for a source that is itself waiting. */
  close(): void {
    this.#ahead = nothing;
    const closed = this.#source.return?.();
    closed?.catch(() => undefined);
  }
}

function endsWithin(what: string): CoralError {
  return new CoralError('corrupt', `The data is cut off: it ends within ${what}. Restore it from another copy.`);
}
