// Meets one hostile input in a process of its own and prints what became of it: {"error", "grownMB"}.
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32, createGzip } from 'node:zlib';
import { CoralError } from '../../../src/core/base/errors';
import { ObjectRefs } from '../../../src/core/remotes/objectRefs';
import { RemoteManager } from '../../../src/core/sync/remoteManager';
import type { ObjectBody, ObjectInfo } from '../../../src/core/storage/objects/objectStore';
import { ObjectWeightStore } from '../../../src/core/storage/objects/weights/objectWeightStore';
import { MemoryObjects } from '../support/memoryObjects';

const gibibyte = 1024 ** 3;
const hash = '0123456789abcdef';

/** A server that lists and sends what it likes. */
class HostileServer extends MemoryObjects {
  readonly #body: () => AsyncIterable<Uint8Array>;
  readonly #metadata: Readonly<Record<string, string>>;

  constructor(body: () => AsyncIterable<Uint8Array>, metadata: Readonly<Record<string, string>> = {}) {
    super({ ifAbsent: true, ifMatch: 'quoted' });
    this.#body = body;
    this.#metadata = metadata;
  }

  override async* list(prefix: string): AsyncIterable<ObjectInfo> {
    for (let at = 0; at < 10_000_000; at += 1) {
      if (at % 1000 === 0) await new Promise(setImmediate);
      yield { key: `${prefix}${at.toString(16).padStart(16, '0')}.npz`, size: 100, tag: '' };
    }
  }

  override get(key: string): Promise<ObjectBody> {
    return Promise.resolve({ key, size: 100, tag: 'tag', metadata: this.#metadata, body: this.#body() });
  }
}

async function* spaces(bytes: number): AsyncGenerator<Uint8Array> {
  const block = Buffer.alloc(1024 * 1024, ' ');
  for (let sent = 0; sent < bytes; sent += block.byteLength) yield block;
}

/** A zip whose only member, in the clear, is an array of float64 of the shape it claims, with 32 bytes of data. */
function npz(shape: string): Buffer {
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + '\n';
  const npy = Buffer.concat([Buffer.from('\x93NUMPY\x01\x00v\x00', 'latin1'), Buffer.from(header), Buffer.alloc(32)]);
  const local = Buffer.alloc(30);
  local.write('PK\x03\x04\x0a', 'latin1');
  local.writeUInt32LE(crc32(npy), 14);
  local.writeUInt32LE(npy.byteLength, 18);
  local.writeUInt32LE(npy.byteLength, 22);
  local.writeUInt16LE('data.npy'.length, 26);
  return Buffer.concat([local, Buffer.from('data.npy'), npy]);
}

/** A small array, and gigabytes of zeros behind it. */
async function* bomb(bytes: number): AsyncGenerator<Uint8Array> {
  const zeros = async function* (): AsyncGenerator<Uint8Array> {
    yield npz('(4,)');
    const block = Buffer.alloc(1024 * 1024);
    for (let sent = 0; sent < bytes; sent += block.byteLength) yield block;
  };
  for await (const block of Readable.from(zeros()).pipe(createGzip())) yield block as Uint8Array;
}

const readAll = async (store: ObjectWeightStore): Promise<void> => {
  const weight = await store.read(hash);
  for await (const block of weight?.blocks() ?? []) if (block.byteLength === 0) break;
};

const inputs: Readonly<Record<string, () => Promise<unknown>>> = {
  gzip: () => readAll(new ObjectWeightStore(new HostileServer(() => bomb(4 * gibibyte), { compression: 'gzip' }), 'p/')),
  array: () => readAll(new ObjectWeightStore(new HostileServer(async function* () { yield npz('(1125899906842624,)'); }), 'p/')),
  keys: () => new ObjectWeightStore(new HostileServer(() => spaces(0)), 'p/').list(),
  metadata: () => new ObjectWeightStore(new HostileServer(() => spaces(4 * gibibyte)), 'p/').metadata(hash),
  refs: () => new ObjectRefs(new HostileServer(() => spaces(4 * gibibyte)), 'p/refs.json').read(),
  file: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'coral-bomb-'));
    try {
      await writeFile(join(folder, 'remotes.json'), '{');
      await truncate(join(folder, 'remotes.json'), gibibyte);
      await RemoteManager.open(join(folder, 'remotes.json'));
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

const before = process.memoryUsage().rss;
const error = await inputs[String(process.argv[2])]!().then(() => undefined, (thrown: unknown) => CoralError.from(thrown));
const grown = process.resourceUsage().maxRSS * 1024 - before;
console.log(JSON.stringify({ reason: error?.reason, message: error?.message, grownMB: Math.round(grown / 1e6) }));
process.exit(0);
