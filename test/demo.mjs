// `npm run demo [-- --shot FILE] [--keep]`: builds everything on a fresh machine, then hands over to test/demo/main.ts.
import { spawnSync } from 'node:child_process';
import { setUp } from './setup.mjs';

setUp();
const steps = [['esbuild.mjs', '--tests'], ['out/test/demo/main.mjs', ...process.argv.slice(2)]];
for (const args of steps) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
