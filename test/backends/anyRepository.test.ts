import { describe } from 'mocha';
import { connect } from '../../src/core/storage/objects/connect';
import type { ObjectStore } from '../../src/core/storage/objects/objectStore';
import { ObjectWeightStore } from '../../src/core/storage/objects/weights/objectWeightStore';
import type { RemotePlace } from '../samples/anyRepository';
import { anyRepositories } from '../samples/anyRepositories';
import type { RandomHistory } from '../samples/randomHistory';
import { type Part, recordsOf, writeWeights } from '../samples/randomPart';
import { startS3 } from '../servers/s3';

describe('any repository and any remote on an S3 server', () => {
  anyRepositories({ count: 5, open: placeOnS3 });
});

/** Each remote has a prefix of its own in one bucket. */
async function placeOnS3(): Promise<RemotePlace | undefined> {
  const server = await startS3();
  if (server === undefined) return undefined;
  const { endpoint: endpointUrl, accessKeyId, secretAccessKey } = server;
  const credentials = { accessKeyId, secretAccessKey };
  const bucket = await server.newBucket();
  const objects = await connect({ backend: 's3', bucket, endpointUrl }, { credentials });
  let made = 0;
  return {
    canLackMetadata: true,
    make: async (history, part) => {
      const prefix = `remote${made += 1}/`;
      await layOut(objects, prefix, history, part);
      return { url: `minio://${new URL(endpointUrl).host}/${bucket}/${prefix}`, options: { credentials }, nameless: () => nameless(objects, prefix), remove: () => remove(objects, prefix) };
    },
  };
}

async function layOut(objects: ObjectStore, prefix: string, history: RandomHistory, part: Part): Promise<void> {
  await writeWeights(history, part, new ObjectWeightStore(objects, prefix, { name: 'origin' }));
  await objects.delete([...part.nameless].map((hash) => `${prefix}metadata/${hash}.json`));
  for (const [path, text] of [...recordsOf(history, part), ['refs.json', JSON.stringify({ refs: part.branches })] as const]) await objects.put(`${prefix}${path}`, Buffer.from(text));
}

async function nameless(objects: ObjectStore, prefix: string): Promise<string[]> {
  const keys = new Set(await keysOf(objects, prefix));
  const hashes = [...keys].flatMap((key) => (key.startsWith(`${prefix}weights/`) ? [key.slice(`${prefix}weights/`.length, -'.npz'.length)] : []));
  return hashes.filter((hash) => !keys.has(`${prefix}metadata/${hash}.json`));
}

async function remove(objects: ObjectStore, prefix: string): Promise<void> {
  await objects.delete(await keysOf(objects, prefix));
}

async function keysOf(objects: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of objects.list(prefix)) keys.push(key);
  return keys;
}

