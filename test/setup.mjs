// What the tests and the demo need beyond node_modules: Chromium and the VS Code host, h5py as the judge of HDF5 files, a real S3 server.
// As root on Debian it is installed, else named.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { findChromium } from './host/host.mjs';
import { setUpHost, whyNoHost } from './host/setup.mjs';

const runs = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const onPath = (command) => runs('sh', '-c', `command -v ${command}`);
const python = (module) => runs('/usr/bin/python3', '-c', `import ${module}`);

/** Each: what it is for, how to see that it is there, and the Debian packages that bring it. */
const needs = [
  { what: 'Chromium', without: 'the UI tests and the integration tests', isThere: () => existsSync(findChromium()), packages: ['chromium', 'fonts-dejavu-core'] },
  {
    what: 'h5py for /usr/bin/python3', without: 'every check by h5py', isThere: () => python('h5py, numpy, xxhash, boto3'),
    packages: ['python3-h5py', 'python3-numpy', 'python3-xxhash', 'python3-boto3'],
  },
  {
    what: 'an S3 server', without: 'the tests against S3',
    isThere: () => Boolean(process.env.CORAL_TEST_S3_ENDPOINT) || onPath('minio') || ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph'].every(onPath),
    packages: ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-mgr', 'ceph-common'],
  },
  { what: 'curl', without: 'the tests against S3', isThere: () => onPath('curl'), packages: ['curl', 'ca-certificates'] },
];

export function setUp() {
  const missing = needs.filter((need) => !need.isThere());
  if (missing.length > 0) install(missing);
  for (const { what, without } of missing.filter((need) => !need.isThere())) console.log(`skipped: no ${what}, so ${without} cannot run here`);
  const why = whyNoHost();
  if (why === undefined) setUpHost();
  else console.log(`skipped: ${why}, so the UI tests cannot run here`);
}

function install(missing) {
  const names = missing.flatMap(({ packages }) => packages);
  const mayInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  if (!mayInstall) {
    const hint = existsSync('/etc/debian_version') ? `; to install it: sudo apt-get install ${names.join(' ')}` : '';
    console.log(`Missing: ${missing.map(({ what }) => what).join(', ')}${hint}.`);
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

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) setUp();
