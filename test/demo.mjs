// `npm run demo [-- --shot FILE | --pictures] [--keep]`: builds everything on a fresh machine, then hands over to test/demo/main.ts.
import { spawnSync } from 'node:child_process';
import { quiet, runNode } from './children.mjs';

const args = process.argv.slice(2);
const desktop = args.some((arg) => /^--(shot|pictures)/.test(arg)) ? undefined : findDesktop();
const preparations = [['esbuild.mjs', '--tests'], ...(desktop === undefined ? [['test/setup.mjs', '--demo']] : [])];
const statuses = await Promise.all(preparations.map((step) => runNode(step)));
const failed = statuses.find((status) => status !== 0);
const main = ['out/test/demo/main.mjs', ...(desktop === undefined ? [] : [`--desktop=${desktop}`]), ...args];
const status = failed ?? await runNode(main, { env: quiet });
process.exit(typeof status === 'number' ? status : 1);

/** The command that starts a desktop VS Code: what CORAL_VSCODE says (nothing: none), else `code` where it is on the path. */
function findDesktop() {
  const given = process.env.CORAL_VSCODE;
  if (given !== undefined) return given || undefined;
  return spawnSync('code', ['--version'], { stdio: 'ignore' }).status === 0 ? 'code' : undefined;
}
