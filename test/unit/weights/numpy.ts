import { execFileSync } from 'node:child_process';
import { python as interpreter } from '../../python/python.mjs';

const candidates = [interpreter, 'python3'];

function hasNumpy(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A Python that has numpy, if this machine has one. */
export const python = candidates.find(hasNumpy);

/** Runs a script in `folder` and returns what it prints, read as JSON. */
export function numpy(script: string, folder: string): unknown {
  if (python === undefined) throw new Error('no Python with numpy');
  return JSON.parse(execFileSync(python, ['-c', script], { cwd: folder, encoding: 'utf8', maxBuffer: 256 << 20 }));
}
