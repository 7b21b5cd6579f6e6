// Which Python the tests, the setup and the benchmark use; nothing else looks for one.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** The judge of stores and objects, with these modules. */
export const python = '/usr/bin/python3';
export const pythonModules = ['h5py', 'numpy', 'xxhash', 'boto3'];

/** The virtual environment of coral-ml as pip gives it, with the h5py and numpy of today. */
const environment = resolve('test/python/venv');
const requirements = resolve('test/python/requirements.txt');
const stamp = join(environment, '.ready');

/** What is pinned there needs Python 3.11. */
export const canHaveCoral = () => spawnSync(python, ['-c', 'import sys, venv, ensurepip; assert sys.version_info >= (3, 11)'], { stdio: 'ignore' }).status === 0;
export const wantsCoral = () => !(existsSync(stamp) && readFileSync(stamp, 'utf8') === readFileSync(requirements, 'utf8'));

/** Half a minute, once. */
export async function setUpCoral() {
  console.log('Installing coral-ml 1.0.0 into test/python/venv');
  rmSync(environment, { recursive: true, force: true });
  const run = promisify(execFile);
  await run(python, ['-m', 'venv', environment]);
  await run(join(environment, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  writeFileSync(stamp, readFileSync(requirements));
}

/** coral-ml 1.0.0, which knows no remotes; undefined where it could not be installed. */
export const coralOfPip = existsSync(stamp) ? { version: '1.0.0', python: join(environment, 'bin/python'), env: {} } : undefined;

/** coral-ml 1.1.0, which has remotes and which no package registry has: CORAL_PYTHON names the folder that holds its package "coral". */
const coralSource = process.env.CORAL_PYTHON;
export const coralWithRemotes = coralSource ? { version: '1.1.0', python, env: { PYTHONPATH: coralSource } } : undefined;

/** Each Python Coral there may be, with the reason where it is not here. */
export const corals = [
  { version: '1.0.0', coral: coralOfPip, missing: coralOfPip ? undefined : 'no coral-ml 1.0.0 from pip; node test/setup.mjs installs it' },
  { version: '1.1.0', coral: coralWithRemotes, missing: coralWithRemotes ? undefined : 'no CORAL_PYTHON' },
];
