// The README's demo, run by npm as a person runs it: what it leaves, what it says, and that nothing outlives it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

describe('npm run demo', function () {
  this.timeout(300_000);

  it('leaves a picture, which git ignores, and says nothing of warnings', async () => {
    rmSync('demo.png', { force: true });
    const demo = start('--', '--shot', 'demo.png');
    assert.equal(await demo.ended, 0, demo.output);
    assert.equal(readFileSync('demo.png').toString('latin1', 1, 4), 'PNG');
    assert.match(demo.output, /After[^]*Pushed [^]*Screenshot: demo\.png/);
    assert.doesNotMatch(demo.output, /warning|error|deprecated/i);
    assert.match(readFileSync('.gitignore', 'utf8'), /^\/demo\.png$/m);
    rmSync('demo.png');
  });

  for (const signal of ['SIGTERM', 'SIGHUP']) {
    it(`ends VS Code, and all else that it started, when npm gets ${signal}`, async () => {
      const demo = start();
      await demo.says(/Open http:/);
      const started = descendants(demo.pid);
      const commands = [...started.values()].join('\n');
      assert.match(commands, /server-main\.js/);
      process.kill(demo.pid, signal);
      const left = await leftAfter(20_000, started);
      for (const pid of left.keys()) process.kill(pid, 'SIGKILL');
      assert.deepEqual([...left.values()], []);
    });
  }
});

function start(...args) {
  const child = spawn('npm', ['run', 'demo', ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, CORAL_VSCODE: '', PATH: process.env.PATH } });
  const demo = { pid: child.pid, output: '', ended: new Promise((done) => child.once('exit', (code, signal) => done(signal ?? code))), says };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => { demo.output += text; });
  async function says(pattern) {
    while (!pattern.test(demo.output)) {
      assert.equal(await Promise.race([demo.ended, delay(100, 'runs')]), 'runs', demo.output);
    }
  }
  return demo;
}

/** Command lines by pid: the children of `root`, their children and so on. */
function descendants(root) {
  const all = new Map(readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((name) => [Number(name), look(Number(name))]).filter(([, seen]) => seen));
  const found = new Map();
  const add = (parent) => {
    for (const [pid, { ppid, command }] of all) {
      if (ppid !== parent || found.has(pid)) continue;
      found.set(pid, command);
      add(pid);
    }
  };
  add(root);
  return found;
}

function look(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : { ppid: Number(ppid), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() };
  } catch {
    return undefined; // gone
  }
}

/** Which of them still run so many milliseconds later, or none sooner. */
async function leftAfter(limit, started) {
  const running = () => new Map([...started].filter(([pid, command]) => look(pid)?.command === command));
  for (const deadline = Date.now() + limit; Date.now() < deadline && running().size > 0;) await delay(200);
  return running();
}
