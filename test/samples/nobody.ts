import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** the number that "nobody" has */
const nobody = 65_534;
let place: string | undefined;

/** Node and what is built, copied to where everybody may go: a clone, and the Node of a host in it, may lie where only their owner may. */
function publicPlace(): string {
  if (place !== undefined) return place;
  const folder = mkdtempSync(join(tmpdir(), 'coral-public-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  cpSync('dist', join(folder, 'dist'), { recursive: true });
  copyFileSync(process.execPath, join(folder, 'node'));
  execFileSync('chmod', ['-R', 'a+rX', folder]);
  return place = folder;
}

/**
 * Runs a script, in which `core` is dist/core.js and `args` are the arguments, and returns what it printed. Root may do anything,
 * so that as root the user nobody runs it.
 */
export function asNobody(script: string, ...args: string[]): string {
  const folder = publicPlace();
  const whole = `const core = require(process.argv[1]); const args = process.argv.slice(2); (async () => { ${script} })();`;
  const identity = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const { stdout, stderr, status } = spawnSync(join(folder, 'node'), ['-e', whole, join(folder, 'dist/core.js'), ...args], {
    cwd: folder, encoding: 'utf8', ...identity,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
