// Runs out/test/integration inside a real VS Code (test/host/choose.mjs says which), with the extension from this folder.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { chooseCode } from '../host/choose.mjs';

const code = await chooseCode();
if (code.missing) {
  const skipped = [`integration (skipped: ${code.missing})`];
  if (process.env.CORAL_TEST_COUNTS) writeFileSync(process.env.CORAL_TEST_COUNTS, JSON.stringify({ passed: 0, failed: 0, skipped }));
  console.log(skipped[0]);
} else {
  console.log(`In ${code.kind}.`);
  process.exitCode = await runIn(code.path);
}

async function runIn(vscodeExecutablePath) {
  const scratch = mkdtempSync(join(tmpdir(), 'coral-integration-'));
  // A first folder that stays: VS Code restarts the extension host when the first folder of a workspace changes.
  mkdirSync(join(scratch, 'first'));
  const workspace = join(scratch, 'tests.code-workspace');
  writeFileSync(workspace, JSON.stringify({ folders: [{ path: 'first' }] }));
  try {
    return await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: resolve('.'),
      extensionTestsPath: resolve('out/test/integration/index.js'),
      // Keys for the remote that does not answer: without any, nothing is sent at all.
      extensionTestsEnv: { AWS_ACCESS_KEY_ID: 'key-of-nobody', AWS_SECRET_ACCESS_KEY: 'secret-of-nobody' },
      launchArgs: [workspace, '--disable-extensions', `--user-data-dir=${join(scratch, 'user')}`],
    });
  } catch (error) {
    console.error(error.message);
    return 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
