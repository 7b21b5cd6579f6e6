// Which VS Code runs the integration tests: CORAL_VSCODE, else a desktop one, else the host from the npm registry.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { findChromium } from './host.mjs';
import { whyNoHost } from './setup.mjs';

/** { path, kind } of an executable for runTests(), or { missing } with the reason why there is none. */
export async function chooseCode() {
  const given = process.env.CORAL_VSCODE;
  if (given) return { path: given, kind: `the one CORAL_VSCODE names, ${given}` };
  const oldest = process.env.CORAL_HOST === 'oldest';
  const desktop = oldest ? undefined : await desktopCode();
  if (desktop) return { path: desktop, kind: `desktop VS Code, ${desktop}` };
  const missing = whyNoHost(oldest ? 'oldest' : 'newest') ?? (existsSync(findChromium()) ? undefined : 'no chromium');
  if (missing) return { missing };
  return { path: join(import.meta.dirname, 'code-shim.mjs'), kind: `the ${oldest ? 'oldest' : 'newest'} VS Code server from the npm registry` };
}

async function desktopCode() {
  const hasDisplay = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!hasDisplay) return undefined;
  try {
    return await downloadAndUnzipVSCode({ version: 'stable', timeout: 10_000 });
  } catch (error) {
    console.log(`No desktop VS Code could be downloaded (${error.message}).`);
    return undefined;
  }
}
