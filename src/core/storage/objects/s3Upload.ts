import { createHash } from 'node:crypto';
import type { CoralError } from '../../errors';
import type { Upload } from './objectStore';
import { nameOf } from './s3Errors';

interface Requests {
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

  part(number: number, bytes: Uint8Array, signal?: AbortSignal): Promise<string> {
    return this.#requests.part(number, bytes, signal);
  }

  async complete(tags: readonly string[], signal?: AbortSignal): Promise<void> {
    try {
      await this.#requests.complete(tags, signal);
    } catch (error) {
      const answerWasLost = nameOf(error) === 'NoSuchUpload' && await this.#requests.tagNow(signal) === wholeTag(tags);
      if (!answerWasLost) throw this.#requests.translated(error);
    }
  }

  async abort(): Promise<void> {
    try {
      await this.#requests.abort();
    } catch (error) {
      if (nameOf(error) !== 'NoSuchUpload') throw this.#requests.translated(error);
    }
  }
}

/** The tag of an object made of these parts: the MD5 of their MD5s, and how many they are. */
function wholeTag(tags: readonly string[]): string {
  const digests = Buffer.from(tags.map((tag) => tag.replace(/"/g, '')).join(''), 'hex');
  return `"${createHash('md5').update(digests).digest('hex')}-${tags.length}"`;
}
