// A real VS Code (server, and workbench in headless Chromium) from the npm registry. code-shim.mjs runs the integration tests
// in it; the UI tests and the demo drive it as a person would.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostNode, packageFolder } from './setup.mjs';

/** CORAL_HOST=oldest runs the oldest release that the extension supports. */
const which = process.env.CORAL_HOST === 'oldest' ? 'oldest' : 'newest';
/** Runs a program that ends, with all that it started, when the pipe at 3 closes: when its owner is gone, however that ended. */
const withOwner = '{ read -r _ <&3; trap "" TERM; kill -TERM 0; sleep 3; kill -KILL 0; } & exec "$@" 3<&-';

const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'workbench.enableExperiments': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
};

export const findChromium = () => process.env.CHROMIUM ?? '/usr/bin/chromium';

/**
 * Starts VS Code's server on a free loopback port, with folders of its own for settings and extensions.
 * `smoke` is needed for an extension under development and its tests, and hides every notification; `vsix` installs a packaged one.
 * Every folder is trusted; with `restricted` none is until the person says so.
 */
export async function startServer({ settings = {}, env = {}, smoke = false, vsix, restricted = false } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'vscode-host-'));
  const trust = { 'security.workspace.trust.enabled': restricted, 'security.workspace.trust.startupPrompt': 'never' };
  for (const scope of ['User', 'Machine']) { // a setting of machine scope is read from there alone
    mkdirSync(join(dir, 'data', scope), { recursive: true });
    writeFileSync(join(dir, 'data', scope, 'settings.json'), JSON.stringify({ ...quietSettings, ...trust, ...settings }));
  }
  const args = [
    packageFolder(which, 'code-server/lib/vscode/out/server-main.js'),
    '--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--accept-server-license-terms',
    '--telemetry-level', 'off',
    ...(restricted ? [] : ['--disable-workspace-trust']),
    ...(smoke ? ['--enable-smoke-test-driver'] : []),
    ...(vsix ? ['--install-extension', vsix, '--start-server'] : []),
    '--reconnection-grace-time', '10', // seconds; else the extension host of a closed page lives on for hours
    '--server-data-dir', dir, '--extensions-dir', join(dir, 'extensions'),
  ];
  const child = spawn('sh', ['-c', withOwner, 'sh', hostNode(which).path, ...args], {
    env: { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true, // a process group of its own, so that stop() reaches the extension hosts as well
  });
  const kill = (signal) => {
    try { process.kill(-child.pid, signal); } catch { /* gone already */ }
  };
  process.once('exit', () => kill('SIGKILL'));
  const server = {
    dir, log: '', port: 0,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = new Promise((resolve) => { child.once('exit', resolve); });
        kill('SIGTERM');
        const hard = setTimeout(kill, 5_000, 'SIGKILL');
        await gone;
        clearTimeout(hard);
      }
      kill('SIGKILL'); // extension hosts that outlived the server
      rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
  try {
    server.port = await listening(child, server);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

function listening(child, server) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`VS Code's server did not start in 60 s.\n${server.log}`)), 60_000);
    const read = (chunk) => {
      server.log += chunk;
      const port = /Extension host agent listening on (\d+)/.exec(server.log)?.[1];
      if (port === undefined) return;
      clearTimeout(late);
      resolve(Number(port));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`VS Code's server ended with ${code}.\n${server.log}`)));
  });
}

export async function startBrowser() {
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath: findChromium(),
    headless: true,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
    ],
  });
}

/** The address that opens `folder` (or a .code-workspace file); `dev` and `tests` are the paths of an extension and of its test index. */
export function workbenchUrl(server, { folder, dev, tests } = {}) {
  const authority = `127.0.0.1:${server.port}`; // the literal one: VS Code refuses any other name for it
  const payload = [
    ...(dev ? [['extensionDevelopmentPath', `vscode-remote://${authority}${dev}`]] : []),
    ...(tests ? [['extensionTestsPath', `vscode-remote://${authority}${tests}`]] : []),
    ['skipWelcome', 'true'], ['skipReleaseNotes', 'true'],
  ];
  const open = folder === undefined ? { ew: 'true' } : { [folder.endsWith('.code-workspace') ? 'workspace' : 'folder']: folder };
  return `http://${authority}/?${new URLSearchParams({ ...open, payload: JSON.stringify(payload) })}`;
}

/** What the pages of one server share: the size of the window, the clipboard, the cache. They reach nothing but this machine. */
export async function newContext(browser, server) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: `http://127.0.0.1:${server.port}` });
  await context.route((url) => url.hostname !== '127.0.0.1', (route) => route.abort());
  return context;
}

/** `onPage` runs before the page loads. */
export async function openWorkbench(context, server, { onPage, ...what } = {}) {
  const page = await context.newPage();
  if (onPage) await onPage(page);
  await page.goto(workbenchUrl(server, what));
  return page;
}
