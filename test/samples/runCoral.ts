import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { PythonCoral } from '../python/python.mjs';

/** What inspectRepository.py prints of a repository. */
export interface Inspected {
  readonly branches: Readonly<Record<string, string>>;
  readonly current: string;
  readonly commits: readonly string[];
  /** the commits of each branch, newest first */
  readonly logs: Readonly<Record<string, readonly string[]>>;
  /** dtype, shape and SHA-256 by "COMMIT/NAME" */
  readonly weights: Readonly<Record<string, readonly [string, readonly number[], string]>>;
  /** null where the tool knows no remotes */
  readonly remotes: readonly string[] | null;
  /** how many weights `gc` deleted */
  readonly cleaned: number;
}

/** Runs a script of this folder with the Python tool, and returns the JSON object that it printed last. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what its script prints
export function runCoral<T>(coral: PythonCoral, script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): T {
  const output = execFileSync(coral.python, [resolve('test/samples', script), ...args], {
    encoding: 'utf8', env: { ...process.env, ...coral.env, ...env }, maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'],
  });
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as T;
}

/** What a command of the Python tool prints in the repository `cwd`. */
export function coralCommand(coral: PythonCoral, cwd: string, ...args: string[]): string {
  const main = ['-c', 'from coral.cli.main import main; main()'];
  return execFileSync(coral.python, [...main, ...args], { cwd, encoding: 'utf8', env: { ...process.env, ...coral.env }, stdio: ['ignore', 'pipe', 'pipe'] });
}
