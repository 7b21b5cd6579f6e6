import { rmSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Repository } from '../../src/core/repository/repository';
import { connect } from '../../src/core/storage/objects/connect';
import type { ObjectStore } from '../../src/core/storage/objects/objectStore';
import { writeRemotes } from '../samples/pythonRepository';
import { startS3, type TestS3 } from '../servers/s3';
import { type BucketAt, look, type Look, makeStores, type Planned } from './pythonCheck';

export type Kind = 'file' | 's3';

/** Stores made by h5py, from which each try starts afresh. */
export interface Template {
  readonly folder: string;
  readonly local: readonly string[];
  readonly remote: readonly string[];
}

export async function makeTemplate(local: readonly Planned[], remote: readonly Planned[]): Promise<Template> {
  const folder = await mkdtemp(join(tmpdir(), 'coral-faults-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const paths = [join(folder, 'local.h5'), join(folder, 'remote.h5')] as const;
  const made = makeStores({ [paths[0]]: local, [paths[1]]: remote });
  return { folder, local: made[paths[0]] ?? [], remote: made[paths[1]] ?? [] };
}

export const union = (...lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())].sort();

/** One repository with the remote "origin", both holding what the template says. */
export class World {
  readonly root: string;
  readonly kind: Kind;
  /** the local weights.h5 */
  readonly store: string;
  /** where Python finds the remote's weights */
  readonly remote: { readonly path: string } | BucketAt;
  readonly repository: Repository;

  private constructor(root: string, kind: Kind, remote: World['remote'], repository: Repository) {
    this.root = root;
    this.kind = kind;
    this.store = join(root, '.coral/objects/weights.h5');
    this.remote = remote;
    this.repository = repository;
  }

  /** A file remote in a folder of its own. */
  static async withFolder({ folder }: Template, { at = folder }: { readonly at?: string } = {}): Promise<World> {
    const root = await mkdtemp(join(at, 'try-'));
    const path = join(root, 'remote/weights.h5');
    await mkdir(join(root, 'remote'));
    await copyFile(join(folder, 'remote.h5'), path);
    return World.#make(root, 'file', folder, { path }, `file://${join(root, 'remote')}`, null);
  }

  /** A remote below `at.prefix`, reached through `endpoint`. What it is to hold, somebody else has put there. */
  static async withBucket({ folder }: Template, at: BucketAt, endpoint = at.endpoint): Promise<World> {
    return World.#make(await mkdtemp(join(folder, 'try-')), 's3', folder, at, `s3://${at.bucket}/${at.prefix}`, endpoint);
  }

  static async #make(root: string, kind: Kind, folder: string, remote: World['remote'], url: string, endpoint: string | null): Promise<World> {
    await Repository.init(root);
    await rm(join(root, '.coral/objects/weights.h5'), { force: true });
    await copyFile(join(folder, 'local.h5'), join(root, '.coral/objects/weights.h5'));
    if (endpoint === null) await writeRemotes(root, { origin: url });
    else await writeFile(join(root, '.coral/remotes.json'), JSON.stringify({ origin: { url, backend: 's3', endpoint_url: endpoint } }));
    return new World(root, kind, remote, await Repository.open(root));
  }

  lookHere(): Promise<Look> {
    return look({ path: this.store });
  }

  lookThere(): Promise<Look> {
    return look(this.remote);
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

/** The S3 server of this run, and a bucket for each claim. undefined where none can be had. */
export class Bucket {
  readonly server: TestS3;
  readonly name: string;
  readonly objects: ObjectStore;
  #prefixes = 0;

  private constructor(server: TestS3, name: string, objects: ObjectStore) {
    this.server = server;
    this.name = name;
    this.objects = objects;
  }

  static async create(): Promise<Bucket | undefined> {
    const server = await startS3();
    if (server === undefined) return undefined;
    // Children and repositories find the keys where the commands look.
    process.env['MINIO_ACCESS_KEY'] = server.accessKeyId;
    process.env['MINIO_SECRET_KEY'] = server.secretAccessKey;
    const name = await server.newBucket();
    const objects = await connect({ backend: 's3', bucket: name, endpointUrl: server.endpoint }, { credentials: server });
    return new Bucket(server, name, objects);
  }

  freshPrefix(): BucketAt {
    const { endpoint, accessKeyId, secretAccessKey } = this.server;
    return { endpoint, accessKeyId, secretAccessKey, bucket: this.name, prefix: `try-${this.#prefixes += 1}/` };
  }

  async keys(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.objects.list(prefix)) keys.push(key);
    return keys;
  }

  async clear(prefix: string): Promise<void> {
    const keys = await this.keys(prefix);
    if (keys.length > 0) await this.objects.delete(keys);
  }
}

