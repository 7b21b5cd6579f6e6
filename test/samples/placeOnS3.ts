import { connect } from '../../src/core/storage/objects/connect';
import type { ObjectStore } from '../../src/core/storage/objects/objectStore';
import { ObjectWeightStore } from '../../src/core/storage/objects/weights/objectWeightStore';
import { startS3 } from '../servers/s3';
import type { RemotePlace } from './anyRepository';
import type { RandomHistory } from './randomHistory';
import { type Part, recordsOf, writeWeights } from './randomPart';

/** Remotes with a prefix each in one bucket of an S3 server; undefined where none can be started. */
export async function placeOnS3(): Promise<RemotePlace | undefined> {
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
