// `npm run demo [-- --shot FILE | --pictures] [--keep]`: builds everything on a fresh machine, then hands over to test/demo/main.ts.
import { spawn, spawnSync } from 'node:child_process';
import { setUp } from './setup.mjs';

setUp();
const { status } = spawnSync(process.execPath, ['esbuild.mjs', '--tests'], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
const demo = spawn(process.execPath, ['out/test/demo/main.mjs', ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => demo.kill(signal)); // it stops its servers, then ends
demo.once('exit', (code) => process.exit(code ?? 1));
