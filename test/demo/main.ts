import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadCore } from '../samples/core';
import { makeSampleRepository, type SampleRepository } from '../samples/model';
import { startS3, type TestS3 } from '../servers/s3';
import { packageExtension, Session } from '../ui/session';
import { openDesktop } from './desktop';
import { takePictures } from './pictures';
import { pushAndShoot } from './shot';

const { values: options } = parseArgs({ options: {
  shot: { type: 'string' }, pictures: { type: 'boolean' }, keep: { type: 'boolean' }, desktop: { type: 'string' },
} });
const undo: (() => Promise<void>)[] = [];
// More signals than one come with one Ctrl+C, from the terminal and from npm: the later ones change nothing.
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
});

try {
  await Promise.race([demo(), interrupted]);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
for (const step of undo.reverse()) await step();
process.exit(); // the demo may still be at work

async function demo(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'coral-demo-'));
  if (!options.keep) undo.push(() => rm(folder, { recursive: true, force: true }));
  const slow = Promise.all([startS3(), options.desktop === undefined ? packageExtension() : undefined]);
  const sample = await makeSampleRepository(await loadCore(), folder);
  console.log(`A sample repository lies in ${sample.root}; its remote "origin" is ${sample.originFolder}.`);
  const [server, vsix] = await slow;
  const env = await addS3Remote(sample, server);
  if (options.desktop !== undefined) {
    console.log(`Opening ${options.desktop}; close its window to end the demo.`);
    await openDesktop(options.desktop, sample.root, env);
    return;
  }
  const session = await Session.start({ env, ...(vsix === undefined ? {} : { vsix }) });
  undo.push(() => session.stop());
  if (options.shot !== undefined) {
    await pushAndShoot(session, sample, options.shot);
    return;
  }
  if (options.pictures) {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    await takePictures(session, sample, empty);
    return;
  }
  console.log(`\nOpen ${session.url(sample.root)}\nThen choose Coral in the bar at the left. Ctrl+C ends the demo.`);
  await interrupted;
}

/** Adds a remote "cloud" on a local S3 server, if there is one; gives the environment that holds its keys. */
async function addS3Remote(sample: SampleRepository, server: TestS3 | undefined): Promise<Record<string, string>> {
  if (!server) {
    console.log('There is no S3 server on this machine, so the sample has its file remote only.');
    return {};
  }
  undo.push(() => server.stop());
  const bucket = await server.newBucket();
  const { Repository } = await loadCore();
  const repository = await Repository.open(sample.root);
  await repository.addRemote('cloud', `minio://${new URL(server.endpoint).host}/${bucket}/sample-encoder`);
  console.log(`Its remote "cloud" is the bucket ${bucket} on ${server.name} at ${server.endpoint}.`);
  return { MINIO_ACCESS_KEY: server.accessKeyId, MINIO_SECRET_KEY: server.secretAccessKey };
}
