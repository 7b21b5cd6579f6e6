#!/usr/bin/env node
// Speaks the part of the `code` command line that @vscode/test-electron's runTests() uses, but runs the tests in the extension
// host of the server that setup.mjs installs. Given to runTests() as vscodeExecutablePath.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { format } from 'node:util';
import { newContext, openWorkbench, startBrowser, startServer } from './host.mjs';

const args = process.argv.slice(2);
const option = (name) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const given = args.find((arg) => !arg.startsWith('-'));
const folder = given === undefined ? mkdtempSync(join(tmpdir(), 'coral-workspace-')) : resolve(given);
const limit = Number(process.env.CORAL_TEST_TIMEOUT ?? 840_000);

/** What the workbench itself logs, on every start, that says nothing about the tests. */
const noise = new RegExp([
  'Resolving connection', 'Resolved connection', 'Creating a socket', 'AccountPolicyGate', 'AgentHost', 'reconnection-grace',
  'Service Worker', 'additional builtin extensions', 'authentication provider', 'builtin extensions cache', 'Dialog requested during smoke', 'Creation of workbench contribution',
].join('|'));

async function listen(page, end) {
  // The smoke test driver of the workbench calls these two: what the extension host printed, and its exit code.
  await page.exposeFunction('codeAutomationLog', (type, values) => {
    const line = format(...values);
    if (!noise.test(line)) (type === 'error' || type === 'warn' ? console.error : console.log)(line);
  });
  await page.exposeFunction('codeAutomationExit', end);
  page.on('crash', () => end(125));
}

const server = await startServer({ smoke: true });
let browser;
const code = await new Promise((done) => {
  const timer = setTimeout(() => {
    console.error(`The tests did not end in ${limit / 1000} s.\n${server.log}`);
    done(124);
  }, limit);
  const end = (status) => {
    clearTimeout(timer);
    setTimeout(done, 150, status); // lets the last log lines through
  };
  process.on('SIGINT', () => end(130));
  process.on('SIGTERM', () => end(143));
  const open = async () => {
    browser = await startBrowser();
    await openWorkbench(await newContext(browser, server), server, {
      folder, dev: option('extensionDevelopmentPath'), tests: option('extensionTestsPath'), onPage: (page) => listen(page, end),
    });
  };
  open().catch((error) => { console.error(error); end(2); });
});
await browser?.close().catch(() => undefined);
await server.stop();
if (given === undefined) rmSync(folder, { recursive: true, force: true });
process.exit(code);
