// Installs what the tests, or with --demo the demo, need beyond node_modules: as root on Debian with apt-get, else it names what is
// missing.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findChromium } from './host/host.mjs';
import { buildTools, setUpHost, wantsHost, whyNoHost } from './host/setup.mjs';
import { canHaveCoral, python, pythonModules, setUpCoral, wantsCoral } from './python/python.mjs';

const runs = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const onPath = (command) => runs('sh', '-c', `command -v ${command}`);
const forDemo = process.argv.includes('--demo');
const hosts = (forDemo ? ['newest'] : ['newest', 'oldest']).filter(wantsHost);

/** Each: what it is for, how to see that it is there, and the Debian packages that bring it. */
const needs = [
  { what: 'Chromium', without: 'VS Code', demo: true, isThere: () => existsSync(findChromium()), packages: ['chromium', 'fonts-dejavu-core'] },
  { what: 'make, g++ and python3', without: 'VS Code', demo: true, isThere: () => hosts.length === 0 || buildTools.every(onPath), packages: buildTools },
  {
    what: `h5py for ${python}`, without: 'every check by h5py', isThere: () => runs(python, '-c', `import ${pythonModules.join()}`),
    packages: pythonModules.map((name) => `python3-${name}`),
  },
  {
    what: 'Python 3.11 or later with venv', without: 'the tests beside coral-ml 1.0.0', isThere: canHaveCoral, packages: ['python3-venv'],
  },
  {
    what: 'an S3 server', without: 'the tests against S3',
    isThere: () => Boolean(process.env.CORAL_TEST_S3_ENDPOINT) || onPath('minio') || ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph'].every(onPath),
    packages: ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-mgr', 'ceph-common'],
  },
  { what: 'curl', without: 'the tests against S3', isThere: () => onPath('curl'), packages: ['curl', 'ca-certificates'] },
].filter(({ demo }) => demo || !forDemo);

const isMissing = ({ isThere }) => !isThere();
const missing = needs.filter(isMissing);
if (missing.length > 0) install(missing);
const stillMissing = missing.filter(isMissing);
for (const { what, without } of stillMissing) console.log(`skipped: no ${what}, so ${without} cannot run here`);

const canHaveHost = !stillMissing.some(({ demo }) => demo);
const work = [...(canHaveHost ? hosts.map(setUpHost) : []), ...(!forDemo && wantsCoral() && canHaveCoral() ? [setUpCoral()] : [])];
const failures = (await Promise.allSettled(work)).filter(({ status }) => status === 'rejected');
for (const { reason } of failures) console.error(reason.message);
const why = whyNoHost();
if (why !== undefined) console.log(`skipped: ${why}, so ${forDemo ? 'the demo' : 'what needs VS Code'} cannot run here`);
process.exitCode = failures.length > 0 || (forDemo && why !== undefined) ? 1 : 0;

function install(needed) {
  const names = needed.flatMap(({ packages }) => packages);
  const isDebian = existsSync('/etc/debian_version');
  if (process.getuid?.() !== 0 || !isDebian) {
    const hint = isDebian ? `; to install it: sudo apt-get install ${names.join(' ')}` : '';
    console.log(`Missing: ${needed.map(({ what }) => what).join('; ')}${hint}.`);
    return;
  }
  console.log(`Installing ${names.join(' ')}`);
  const apt = (...args) => execFileSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=400', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  try {
    apt('update');
    apt('install', '-y', '--no-install-recommends', ...names);
  } catch (error) {
    console.log(`apt-get failed: ${error.message}`);
  }
}
