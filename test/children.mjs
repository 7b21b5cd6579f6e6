// Runs programs in process groups of their own. When this process is told to end, what runs is ended first; likewise when the npm that
// started it is gone, for npm passes on SIGINT and SIGTERM, but not SIGHUP, nor its own death.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Programs stop their own servers when they are told to end; how long they may take, in ms. */
const patience = 15_000;
/** The AWS SDK has much to say about the age of a Node. */
export const quiet = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

const running = new Set();
let isEnding = false;

/** Runs Node; the exit status, or the signal or error that ended it. Nothing of its group is left afterwards. */
export async function runNode(args, { env = {}, limit, node = process.execPath } = {}) {
  const child = spawn(node, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env }, detached: true });
  running.add(child);
  const timer = limit && setTimeout(() => {
    console.log(`Not done after ${limit / 60_000} minutes: ended.`);
    void end(child);
  }, limit);
  const status = await exited(child);
  clearTimeout(timer);
  if (isEnding) await new Promise(() => undefined); // whoever waits here must not go on to the next program
  signalGroup(child, 'SIGKILL');
  running.delete(child);
  return status;
}

const exited = (child) => new Promise((done) => {
  child.once('error', (error) => { console.error(error.message); done('an error'); });
  child.once('exit', (code, signal) => done(signal ?? code));
});

/** Tells the whole group to end, waits for it, and ends what is left. */
async function end(child) {
  const isOver = child.exitCode !== null || child.signalCode !== null;
  const over = isOver ? undefined : exited(child);
  signalGroup(child, 'SIGTERM');
  await Promise.race([over, delay(patience)]);
  for (let tries = 0; tries < 60 && signalGroup(child, 0); tries += 1) await delay(50);
  signalGroup(child, 'SIGKILL');
}

/** Whether there is such a group. */
function signalGroup(child, signal) {
  if (child.pid === undefined) return false;
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

async function endAll(status) {
  if (isEnding) return;
  isEnding = true;
  await Promise.all([...running].map(end));
  process.exit(status);
}

process.once('exit', () => { for (const child of running) signalGroup(child, 'SIGKILL'); });
for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) process.on(signal, () => void endAll(status));

const parent = process.ppid;
const npm = aboveShell(parent);
if (process.env.npm_lifecycle_event) setInterval(() => { if (process.ppid !== parent || !isThere(npm)) void endAll(129); }, 500).unref();

/** npm starts a shell, which on some systems stays between it and this process. */
function aboveShell(pid) {
  try {
    const [, name, above] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return /^(ba|da)?sh$/.test(name) ? Number(above) : pid;
  } catch {
    return pid; // no Linux
  }
}

function isThere(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
