import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { describe, it } from 'mocha';

/** A script of npm's that runs a program, which starts another; they print their pids. */
const runner = `import { runNode } from ${JSON.stringify(pathToFileURL(resolve('test/children.mjs')).href)};
console.log(process.pid);
await runNode(['program.mjs']);
`;
const program = `import { spawn } from 'node:child_process';
const other = spawn('sleep', ['1000'], { stdio: 'ignore' });
console.log(process.pid);
console.log(other.pid);
setInterval(() => undefined, 1000);
`;

describe('what npm runs', function () {
  this.timeout(60_000);

  for (const [what, signal] of [['Ctrl+C', 'SIGINT'], ['SIGTERM', 'SIGTERM'], ['SIGHUP', 'SIGHUP'], ['SIGKILL', 'SIGKILL']] as const) {
    it(`ends when npm gets ${what}`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'coral-npm-'));
      await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, scripts: { start: 'node runner.mjs' } }));
      await writeFile(join(folder, 'runner.mjs'), runner);
      await writeFile(join(folder, 'program.mjs'), program);
      const npm = spawn('npm', ['start', '--silent'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
      const pids: number[] = [];
      for await (const text of npm.stdout) {
        pids.push(...String(text).split('\n').filter(Boolean).map(Number));
        if (pids.length === 3) break;
      }
      assert.deepEqual(pids.map(isRunning), [true, true, true]);
      // A terminal sends Ctrl+C to all that runs in it, not to npm alone.
      process.kill(what === 'Ctrl+C' ? -npm.pid! : npm.pid!, signal);
      for (let tries = 0; tries < 200 && pids.some(isRunning); tries += 1) await delay(100);
      const left = pids.filter(isRunning);
      for (const pid of left) process.kill(pid, 'SIGKILL');
      assert.deepEqual(left, []);
      await rm(folder, { recursive: true });
    });
  }
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
