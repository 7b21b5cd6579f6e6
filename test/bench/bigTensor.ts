// Pushes a repository and pulls it into an empty one, in a process that does nothing else but run the worker.
// usage: bigTensor.mjs REPOSITORY EMPTY_REPOSITORY, each with a remote "origin"; credentials in the environment. Prints one JSON line.
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CoralClient } from '../../src/worker/client';
import { unchecked } from '../samples/unchecked';
import { peakMemory, timed } from './stopwatch';

const [full, empty] = process.argv.slice(2);
if (full === undefined || empty === undefined) throw new Error('usage: bigTensor.mjs REPOSITORY EMPTY_REPOSITORY');

const client = new CoralClient(() => new Worker(resolve('dist/worker.mjs')));
const idle = await peakMemory(() => client.call('repository', { root: full }));
const push = await peakMemory(() => timed(() => client.call('push', { root: full, remote: 'origin', ...unchecked })));
const pull = await peakMemory(() => timed(() => client.call('pull', { root: empty, remote: 'origin', ...unchecked })));
client.dispose();

const errors = [...push.value.value.errors, ...pull.value.value.errors].map(({ message }) => message);
console.log(JSON.stringify({
  errors, pushed: push.value.value.pushedWeights, pulled: pull.value.value.pulledWeights, idle: idle.peak,
  push: { seconds: push.value.seconds, peak: push.peak }, pull: { seconds: pull.value.seconds, peak: pull.peak },
}));
