// `npm run demo [-- --shot FILE | --pictures] [--keep]`: builds everything on a fresh machine, then hands over to test/demo/main.ts.
import { spawnSync } from 'node:child_process';
import { quiet, runNode } from './children.mjs';

const args = process.argv.slice(2);
const desktop = args.some((arg) => /^--(shot|pictures)/.test(arg)) ? undefined : findDesktop();
const steps = [
  ...(desktop === undefined ? [['test/setup.mjs', '--demo']] : []),
  ['esbuild.mjs', '--tests'],
  ['out/test/demo/main.mjs', ...(desktop === undefined ? [] : [`--desktop=${desktop}`]), ...args],
];
for (const step of steps) {
  const status = await runNode(step, { env: quiet });
  if (status !== 0) process.exit(typeof status === 'number' ? status : 1);
}

/** The command that starts a desktop VS Code: what CORAL_VSCODE says (nothing: none), else `code` where it is on the path. */
function findDesktop() {
  const given = process.env.CORAL_VSCODE;
  if (given !== undefined) return given || undefined;
  return spawnSync('code', ['--version'], { stdio: 'ignore' }).status === 0 ? 'code' : undefined;
}
