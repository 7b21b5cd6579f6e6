import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isAlive, thisMachine } from './machine';

// Files at work beside a store are called weights.h5.spool-PROCESS-MACHINE-WHAT.

const machine = createHash('sha256').update(JSON.stringify(thisMachine)).digest('hex').slice(0, 8);
/** A process of another machine cannot be looked for; none works on one file for so long. */
const maxWorkMs = 24 * 60 * 60 * 1000;

/** Where this process may put a file beside the store for `what` it does. */
export function spoolPath(path: string, what: string | number): string {
  return `${path}.spool-${process.pid}-${machine}-${what}`;
}

/** Removes those that killed processes have left. */
export function removeDeadSpools(path: string): void {
  const prefix = `${basename(path)}.spool-`;
  for (const name of readdirSync(dirname(path)).filter((each) => each.startsWith(prefix))) {
    const [process, where] = name.slice(prefix.length).split('-');
    const spool = join(dirname(path), name);
    if (where === machine ? !isAlive(Number(process)) : isOld(spool)) rmSync(spool, { force: true });
  }
}

function isOld(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > maxWorkMs;
}
