import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isCode } from '../../base/files';

/**
 * Where a file really lies, or will lie once it is made: all links on the way are followed, those that lead to nothing yet as
 * well. Its journal, lock and drafts lie beside it there, whichever link leads to it, and never beside a link. A way that cannot
 * be followed is returned as it is: opening it says why.
 */
export function realPathOf(path: string): string {
  const full = resolve(path);
  try {
    return realpathSync(full);
  } catch (error) {
    if (!isCode(error, 'ENOENT') || dirname(full) === full) return full;
    const target = linkTarget(full);
    return target === undefined ? join(realPathOf(dirname(full)), basename(full)) : realPathOf(target);
  }
}

/** undefined when it is no link. */
function linkTarget(path: string): string | undefined {
  try {
    return resolve(realPathOf(dirname(path)), readlinkSync(path));
  } catch {
    return undefined;
  }
}
