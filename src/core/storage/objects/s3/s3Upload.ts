import type { CoralError } from '../../../base/errors';
import { md5Of, partsMd5Of } from '../checksum';
import type { Upload } from '../objectStore';
import { checksumOf, unquoted } from './entityTag';
import { errorName } from './s3Errors';

interface Requests {
  /** tags of the parts that an upload which was cut off has left, by number */
  readonly held: ReadonlyMap<number, string>;
  part(number: number, bytes: Uint8Array, signal?: AbortSignal): Promise<string>;
  complete(tags: readonly string[], signal?: AbortSignal): Promise<void>;
  abort(): Promise<void>;
  /** the tag of the object that has the key at this moment */
  tagNow(signal?: AbortSignal): Promise<string | undefined>;
  translated(error: unknown): CoralError;
}

/** A multipart upload whose completion and abortion may be asked for again when their answer was lost. */
export class S3Upload implements Upload {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  holds(number: number, bytes: Uint8Array): string | undefined {
    const tag = this.#requests.held.get(number);
    return tag !== undefined && checksumOf(tag).md5 === md5Of(bytes).toString('hex') ? tag : undefined;
  }

  part(number: number, bytes: Uint8Array, signal?: AbortSignal): Promise<string> {
    return this.#requests.part(number, bytes, signal);
  }

  async complete(tags: readonly string[], signal?: AbortSignal): Promise<void> {
    try {
      await this.#requests.complete(tags, signal);
    } catch (error) {
      const answerWasLost = errorName(error) === 'NoSuchUpload' && await this.#requests.tagNow(signal) === wholeTag(tags);
      if (!answerWasLost) throw this.#requests.translated(error);
    }
  }

  async abort(): Promise<void> {
    try {
      await this.#requests.abort();
    } catch (error) {
      if (errorName(error) !== 'NoSuchUpload') throw this.#requests.translated(error);
    }
  }
}

const wholeTag = (tags: readonly string[]): string => `"${partsMd5Of(tags.map((tag) => Buffer.from(unquoted(tag), 'hex')))}"`;
