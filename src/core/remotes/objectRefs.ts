import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeText, encodeText, refuseOtherEncoding } from '../base/textEncoding';
import { CoralError, throwIfCancelled } from '../base/errors';
import type { Conditions, ObjectStore, PutOptions } from '../storage/objects/objectStore';
import { objectBytes } from '../storage/objects/objectBytes';
import { probeConditions } from '../storage/objects/probeConditions';
import type { RefsStore } from './refs';

/** Eight writers pushing without a pause sometimes needed more than 12 attempts. */
const defaultAttempts = 60;
/** Which conditions each server was found to keep, by location. */
const probed = new Map<string, Conditions>();

/**
 * refs.json as an object, changed by compare-and-swap where the server supports that. After any failure it is read again before
 * deciding, since a request that seemed to fail may have been carried out. Without support it is written plainly and read back
 * after `settleMs`.
 */
export class ObjectRefs implements RefsStore {
  readonly location: string;
  readonly #objects: ObjectStore;
  readonly #key: string;
  readonly #settleMs: number;
  readonly #attempts: number;

  constructor(objects: ObjectStore, key: string, settleMs = 1500, attempts = defaultAttempts) {
    this.location = `${key} in ${objects.location}`;
    this.#objects = objects;
    this.#key = key;
    this.#settleMs = settleMs;
    this.#attempts = attempts;
  }

  async read(signal?: AbortSignal): Promise<string | undefined> {
    const { bytes } = await this.#get(signal);
    return bytes && decodeText(bytes);
  }

  async update(edit: (text: string | undefined) => string | undefined, signal?: AbortSignal): Promise<void> {
    let last: CoralError | undefined;
    for (let attempt = 0; attempt < this.#attempts; attempt += 1) {
      const { bytes, tag } = await this.#get(signal);
      const changed = edit(bytes && decodeText(bytes));
      if (changed === undefined) return;
      if (bytes !== undefined) refuseOtherEncoding(bytes, this.location);
      const condition = await this.#condition(tag, signal);
      last = await this.#put(encodeText(changed, bytes), condition, signal);
      if (last === undefined && condition !== undefined) return;
      await sleep(last === undefined ? this.#settleMs : pause(attempt), undefined, { signal }).catch(() => throwIfCancelled(signal));
    }
    throw new CoralError('conflict', `${this.location} could not be updated: others kept changing it. Push again.`, {}, { cause: last });
  }

  /** Returns a failure whose effect reading again can tell; throws any other. */
  async #put(bytes: Buffer, condition: PutOptions | undefined, signal: AbortSignal | undefined): Promise<CoralError | undefined> {
    try {
      await this.#objects.put(this.#key, bytes, { contentType: 'application/json', ...condition }, signal);
      return undefined;
    } catch (error) {
      if (CoralError.means(error, 'may pass')) return error;
      throw error;
    }
  }

  /** undefined when the server does not support it. */
  async #condition(tag: string | undefined, signal: AbortSignal | undefined): Promise<PutOptions | undefined> {
    const { ifAbsent, ifMatch } = await this.#capabilities(signal);
    if (tag === undefined) return ifAbsent ? { ifAbsent } : undefined;
    return ifMatch === 'none' ? undefined : { ifMatch: tag };
  }

  /** The conditions that the server is known to keep, or is found to keep by probing once. */
  async #capabilities(signal: AbortSignal | undefined): Promise<Conditions> {
    const { location, capabilities } = this.#objects;
    if (capabilities.ifAbsent && capabilities.ifMatch !== 'none') return capabilities;
    const known = probed.get(location) ?? await probeConditions(this.#objects, `${this.#key}.probe-${randomUUID()}`, signal);
    probed.set(location, known);
    return known;
  }

  async #get(signal: AbortSignal | undefined): Promise<{ bytes: Buffer | undefined; tag: string | undefined }> {
    const object = await this.#objects.get(this.#key, undefined, signal);
    if (object === undefined) return { bytes: undefined, tag: undefined };
    const bytes = await objectBytes(object, maxRefsBytes);
    if (bytes === undefined) {
      throw new CoralError('corrupt', `${this.location} has more than ${maxRefsBytes} bytes; a list of branches is never that long.`);
    }
    return { bytes, tag: object.tag };
  }
}

const maxRefsBytes = 16 * 1024 * 1024;

/** Milliseconds before another attempt, random so that writers fall out of step. */
function pause(attempt: number): number {
  return Math.random() * Math.min(50 * 2 ** attempt, 500);
}
