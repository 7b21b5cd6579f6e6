import { safeText } from '../../../../text/safeText';
import { CoralError } from '../../../base/errors';
import type { ObjectInfo, ObjectStore } from '../objectStore';

/** Told of each request in one line: what it asked, of which key, how it ended and how long it took. Never a header, never a credential. */
export type OnRequest = (line: string) => void;

/** Tells of every request, tries that failed too: it goes right around the store, inside of `retrying`. */
export function logged(inner: ObjectStore, tell: OnRequest): ObjectStore {
  // Keys come from outside.
  const say = (line: string): void => tell(safeText(line, 'log'));

  async function timed<T>(what: string, request: () => Promise<T>, outcome: (answer: T) => string = () => 'ok'): Promise<T> {
    const began = performance.now();
    const report = (how: string): void => say(`${what}: ${how}, ${Math.round(performance.now() - began)} ms (${inner.location})`);
    try {
      const answer = await request();
      report(outcome(answer));
      return answer;
    } catch (error) {
      report(CoralError.from(error, 'network').reason);
      throw error;
    }
  }
  const found = (answer: unknown): string => (answer === undefined ? 'not there' : 'ok');

  async function* list(...[prefix, signal]: Parameters<ObjectStore['list']>): AsyncIterable<ObjectInfo> {
    const began = performance.now();
    let keys = 0;
    let how = 'left early';
    try {
      for await (const info of inner.list(prefix, signal)) {
        keys += 1;
        yield info;
      }
      how = 'ok';
    } catch (error) {
      how = CoralError.from(error, 'network').reason;
      throw error;
    } finally {
      say(`LIST ${prefix}: ${how}, ${keys} keys, ${Math.round(performance.now() - began)} ms (${inner.location})`);
    }
  }

  return {
    location: inner.location,
    capabilities: inner.capabilities,
    list,
    head: (key, signal) => timed(`HEAD ${key}`, () => inner.head(key, signal), found),
    get: (key, range, signal) => {
      const part = range ? ` (bytes ${range.start} to ${range.end - 1})` : '';
      return timed(`GET ${key}${part}`, () => inner.get(key, range, signal), found);
    },
    put: (key, bytes, options, signal) => timed(`PUT ${key} (${bytes.byteLength} bytes)`, () => inner.put(key, bytes, options, signal)),
    upload: async (key, options, signal) => {
      const begun = await timed(`POST ${key} (upload)`, () => inner.upload(key, options, signal));
      return {
        holds: (number, bytes) => begun.holds(number, bytes),
        part: (number, bytes, stop) => (
          timed(`PUT ${key} (part ${number}, ${bytes.byteLength} bytes)`, () => begun.part(number, bytes, stop))),
        complete: (tags, stop) => timed(`POST ${key} (complete ${tags.length} parts)`, () => begun.complete(tags, stop)),
        abort: () => timed(`DELETE ${key} (upload)`, () => begun.abort()),
      };
    },
    forgetUploads: (prefix, before, signal) => timed(`LIST ${prefix} (uploads)`, () => inner.forgetUploads(prefix, before, signal)),
    delete: (keys, signal) => (
      timed(`DELETE ${keys.length === 1 ? keys[0] ?? '' : `${keys.length} keys`}`, () => inner.delete(keys, signal))),
    bucketExists: (signal) => timed('LIST bucket', () => inner.bucketExists(signal), (exists) => (exists ? 'ok' : 'not there')),
    createBucket: (signal) => timed('PUT bucket', () => inner.createBucket(signal)),
    close: () => inner.close(),
  };
}
