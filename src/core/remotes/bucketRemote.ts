import { randomUUID } from 'node:crypto';
import { CoralError } from '../base/errors';
import { objectHistory } from '../history/objectRecords';
import type { HistoryStore } from '../history/recordKinds';
import { connect } from '../storage/objects/connect';
import { dropObjects, serverTime } from '../storage/objects/weights/dropObjects';
import { Layout } from '../storage/objects/weights/layout';
import type { ObjectStore } from '../storage/objects/objectStore';
import { ObjectWeightStore } from '../storage/objects/weights/objectWeightStore';
import type { DropOptions, StoredKey } from '../storage/survey';
import { findCredentials } from './findCredentials';
import { ObjectRefs } from './objectRefs';
import type { RemoteConfig } from './remoteConfig';
import type { RemoteOptions, RemoteStore } from './remoteStore';
import type { RemoteLocation } from './remoteUrl';

type BucketLocation = Extract<RemoteLocation, { kind: 'bucket' }>;

/** A bucket, or the part of one below a prefix. */
export class BucketRemote implements RemoteStore {
  readonly store: ObjectWeightStore;
  readonly history: HistoryStore;
  readonly refs: ObjectRefs;
  readonly credentialsSource: string;
  readonly warnings: readonly string[];
  readonly #objects: ObjectStore;
  readonly #layout: Layout;
  readonly #bucket: string;
  readonly #prefix: string;

  private constructor(
    objects: ObjectStore, bucket: string, store: ObjectWeightStore, { prefix, warnings }: PrefixChoice, credentialsSource: string,
  ) {
    this.store = store;
    this.history = objectHistory(objects, prefix);
    this.refs = new ObjectRefs(objects, `${prefix}refs.json`);
    this.credentialsSource = credentialsSource;
    this.warnings = warnings;
    this.#objects = objects;
    this.#layout = new Layout(prefix);
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  static async open(config: RemoteConfig, { backend, bucket, prefixes }: BucketLocation, options: RemoteOptions): Promise<BucketRemote> {
    const { credentials, source } = findCredentials(config, options.credentials, process.env);
    const { name, region, endpointUrl } = config;
    const { network, concurrency, tries, compression, onRequest, signal } = options;
    const retry = tries === undefined ? undefined : { tries };
    const objects = await connect({ backend, bucket, region, endpointUrl }, { credentials, network, concurrency, retry, onRequest });
    try {
      const choice = await choosePrefix(objects, prefixes, signal);
      return new BucketRemote(objects, bucket, new ObjectWeightStore(objects, choice.prefix, { compression, name }), choice, source);
    } catch (error) {
      objects.close();
      throw error;
    }
  }

  async exists(signal?: AbortSignal): Promise<boolean> {
    return this.#objects.bucketExists(signal);
  }

  async prepareToWrite(createBucket: boolean, signal?: AbortSignal): Promise<void> {
    if (await this.exists(signal)) return;
    if (createBucket) return this.#objects.createBucket(signal);
    throw this.#missing();
  }

  async probeWrite(signal?: AbortSignal): Promise<void> {
    if (!await this.exists(signal)) throw this.#missing();
    await probeWrite(this.#objects, this.#prefix, signal);
  }

  #missing(): CoralError {
    return new CoralError(
      'missing', `The bucket "${this.#bucket}" does not exist (${this.#objects.location}). Create it, or correct the remote's URL.`);
  }

  async drop(keys: readonly StoredKey[], options: DropOptions): Promise<void> {
    await dropObjects(this.#objects, this.#layout, keys, options);
  }

  async now(signal?: AbortSignal): Promise<number> {
    return serverTime(this.#objects, this.#layout, signal);
  }

  async close(): Promise<void> {
    await this.store.close();
  }
}

interface PrefixChoice { readonly prefix: string; readonly warnings: readonly string[] }

/**
 * Decides what a URL without a final slash means: "models/weights/..." as documented, or "modelsweights/..." as the commands of
 * Coral 1.1.0 take it. The documented form is used unless only the other one holds weights.
 */
export async function choosePrefix(
  objects: ObjectStore, [documented, other]: BucketLocation['prefixes'], signal: AbortSignal | undefined,
): Promise<PrefixChoice> {
  const plain = { prefix: documented, warnings: [] };
  if (other === undefined || await holdsWeights(objects, documented, signal) || !await holdsWeights(objects, other, signal)) return plain;
  const warning = `The weights lie under "${other}weights/", where the Python tool puts them for a URL like this one; they are used there. `
    + 'Other programs may look for them elsewhere: a URL that ends in a single slash means the same to all.';
  return { prefix: other, warnings: [warning] };
}

/** Writes and removes a probe object below the prefix; rejects with what prevents that. */
export async function probeWrite(objects: ObjectStore, prefix: string, signal: AbortSignal | undefined): Promise<void> {
  const key = `${prefix}.coral-write-test-${randomUUID()}`;
  const place = `${objects.location}/${prefix}`;
  const askOwner = 'Ask the owner of the bucket for it.';
  const refused = (what: string) => (error: unknown): never => {
    if (!CoralError.is(error, 'denied')) throw error;
    throw new CoralError('denied', what, {}, { cause: error });
  };
  const bytes = Buffer.from('coral: tests whether one may write here; may be deleted\n');
  await objects.put(key, bytes, {}, signal).catch(refused(`You may read ${place} but not write to it. ${askOwner}`));
  // Not cancellable: what was written must be removed.
  await objects.delete([key]).catch(refused(`You may write to ${place} but not delete from it, so that ${key} stays there. ${askOwner}`));
}

async function holdsWeights(objects: ObjectStore, prefix: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    const first = await objects.list(`${prefix}weights/`, signal)[Symbol.asyncIterator]().next();
    return first.done !== true;
  } catch (error) {
    if (CoralError.is(error, 'missing')) return false;
    throw error;
  }
}
