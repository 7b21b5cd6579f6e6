// `npm run bench`: speed and memory, each as a ratio against something run beside it on the same machine.
// `npm run bench -- folder s3 big tree history` runs only these parts.
import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { repositoryHandlers } from '../../src/worker/service/repository';
import { WorkerSession } from '../../src/worker/service/workerSession';
import { coralWithRemotes } from '../python/python.mjs';
import { writeCommit } from '../samples/commit';
import { startS3, type TestS3 } from '../servers/s3';
import { bareS3, copyAndSync, parseAll, python } from './controls';
import { type BenchRepository, core, emptyRepository, freshFolder, repositoryOf, repositoryOfCommits, repositoryOfOne, scratch, storeOf } from './repositories';
import { median, timed } from './stopwatch';
import { treeBench } from './tree';

const runs = 3;
const parts = process.argv.slice(2);
const wants = (part: 'folder' | 's3' | 'big' | 'tree' | 'history'): boolean => parts.length === 0 || parts.includes(part);
const gibibytes = Number(process.env['CORAL_BENCH_GIB'] ?? 3);
const commitCount = Number(process.env['CORAL_BENCH_COMMITS'] ?? 1000);
const cases = [{ count: 2000, bytes: 4096, text: '2,000 x 4 KiB' }, { count: 64, bytes: 4 << 20, text: '64 x 4 MiB' }];

const seconds = (value: number): string => `${value.toFixed(2)} s`;
const row = (what: string, ours: number, ...others: readonly (readonly [string, number | undefined])[]): void => {
  const ratios = others.map(([name, value]) => (value === undefined ? `${name}: not here` : `${(ours / value).toFixed(2)} of ${name} (${seconds(value)})`));
  console.log(`${what.padEnd(30)} ${seconds(ours).padStart(9)}   ${ratios.join('   ')}`);
};

async function transfer(repository: BenchRepository, action: 'push' | 'pull', expected: number): Promise<number> {
  const { seconds: taken, value } = await timed(() => repository[action]('origin'));
  const moved = action === 'push' ? value.pushedWeights : value.pulledWeights;
  if (!value.success || moved !== expected) throw new Error(`${action} moved ${moved} of ${expected}: ${value.errors[0]?.message ?? ''}`);
  return taken;
}

/** Commits every weight, so that the Python tool pushes them too. */
async function commitAll(repository: BenchRepository): Promise<void> {
  const store = await core.HDF5Store.open(storeOf(repository));
  const hashes = await store.list();
  await store.close();
  await writeCommit(repository.root, { message: 'all', time: new Date(), weights: Object.fromEntries(hashes.map((hash) => [`w.${hash}`, hash])) });
}

async function fileCase({ count, bytes, text }: (typeof cases)[number]): Promise<void> {
  const sources: BenchRepository[] = [];
  const push = await median(runs, async () => {
    sources.push(await repositoryOf(count, bytes, await freshFolder()));
    return transfer(sources.at(-1)!, 'push', count);
  });
  const source = sources.at(-1)!;
  await commitAll(source);
  const remote = (await source.remotes()).config('origin')!.url;
  const copy = await median(runs, () => copyAndSync(storeOf(source), join(scratch, 'copy.h5')));
  const pull = await median(runs, async () => transfer(await emptyRepository(remote), 'pull', count));
  await source.removeRemote('origin');
  await source.addRemote('origin', await freshFolder());
  row(`${text}: push to a folder`, push, ['a plain copy', copy], ['Python Coral', await python('push', source.root)]);
  row(`${text}: pull from a folder`, pull, ['a plain copy', copy], ['Python Coral', await python('pull', (await emptyRepository(remote)).root)]);
}

async function s3Case(server: TestS3, { count, bytes, text }: (typeof cases)[number]): Promise<void> {
  const fresh = async (): Promise<string> => `minio://${new URL(server.endpoint).host}/${await server.newBucket()}/bench/`;
  let remote = '';
  const push = await median(runs, async () => {
    remote = await fresh();
    return transfer(await repositoryOf(count, bytes, remote), 'push', count);
  });
  const pull = await median(runs, async () => transfer(await emptyRepository(remote), 'pull', count));
  const bare = await bareS3(server, await server.newBucket(), count, bytes);
  row(`${text}: push to S3`, push, ['bare SDK puts', bare.put]);
  row(`${text}: pull from S3`, pull, ['bare SDK gets', bare.get], ['Python Coral', await python('pull', (await emptyRepository(remote)).root)]);
}

async function bigTensor(name: string, remote: string): Promise<void> {
  const [full, empty] = [await repositoryOfOne(gibibytes, remote), await emptyRepository(remote)];
  const output = execFileSync(process.execPath, [resolve('out/test/bench/bigTensor.mjs'), full.root, empty.root], { encoding: 'utf8' });
  const { errors, pushed, pulled, idle, push, pull } = JSON.parse(output) as {
    errors: string[]; pushed: number; pulled: number; idle: number; push: { seconds: number; peak: number }; pull: { seconds: number; peak: number };
  };
  if (errors.length > 0 || pushed !== 1 || pulled !== 1) throw new Error(`the ${gibibytes} GiB tensor: ${errors.join(' ') || `${pushed} pushed, ${pulled} pulled`}`);
  const rate = (taken: number): string => `${Math.round((gibibytes * 1073.74) / taken)} MB/s`;
  console.log(`one tensor of ${gibibytes} GiB, ${name}: pushed in ${seconds(push.seconds)} (${rate(push.seconds)}, peak ${Math.round(push.peak)} MB), `
    + `pulled in ${seconds(pull.seconds)} (${rate(pull.seconds)}, peak ${Math.round(pull.peak)} MB); the idle worker process has ${Math.round(idle)} MB`);
  await Promise.all([full, empty].map(({ root }) => rm(root, { recursive: true })));
}

/** What the tree waits for when something has changed in a repository with a long history. */
async function longHistory(): Promise<void> {
  const repository = await repositoryOfCommits(commitCount, 1000, await freshFolder());
  const handlers = repositoryHandlers(new WorkerSession(() => undefined));
  const look = async (expected: number): Promise<number> => {
    const { seconds: taken, value } = await timed(() => handlers.repository({ root: repository.root }, { signal: new AbortController().signal, onProgress: () => undefined }));
    if (value.commits !== expected) throw new Error(`${value.commits} commits instead of ${expected}`);
    return taken;
  };
  const plain = (await timed(() => parseAll(join(repository.root, '.coral/objects/commits')))).seconds;
  const text = `${commitCount} commits x 1,000 names`;
  row(`${text}: first look`, await look(commitCount), ['JSON.parse of all', plain]);
  row(`${text}: again`, await look(commitCount), ['JSON.parse of all', plain]);
  await writeCommit(repository.root, { message: 'one more', time: new Date(), weights: {} });
  row(`${text}: one more`, await look(commitCount + 1), ['JSON.parse of all', plain]);
  const { seconds: status, value } = await timed(() => repository.getSyncStatus('origin'));
  row(`${text}: sync status`, status, ['JSON.parse of all', plain]);
  if (value.kinds.commits.ahead.length !== commitCount + 1) throw new Error('the status lacks commits');
  console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
}

const server = wants('s3') || wants('big') ? await startS3() : undefined;
try {
  if (server === undefined) console.log('skipped: no S3 server, so no figures for S3');
  else Object.assign(process.env, { AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_SECRET_ACCESS_KEY: server.secretAccessKey });
  if (coralWithRemotes === undefined) console.log('Set CORAL_PYTHON to the folder that holds the Python package "coral" to compare with it.');
  if (wants('tree')) await treeBench();
  for (const each of cases) {
    if (wants('folder')) await fileCase(each);
    if (wants('s3') && server !== undefined) await s3Case(server, each);
  }
  if (wants('history')) await longHistory();
  if (wants('big')) await bigTensor('folder', await freshFolder());
  if (wants('big') && server !== undefined) await bigTensor(server.name, `minio://${new URL(server.endpoint).host}/${await server.newBucket()}/bench/`);
} finally {
  await server?.stop();
  await rm(scratch, { recursive: true, force: true });
}
