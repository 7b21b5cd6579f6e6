import { statSync } from 'node:fs';

/** A file changed so lately may change again without a new time. */
const mtimeGrainMs = 50;

/** Differs after every change, once the file is settled; "" when there is none. */
export function fileSignature(path: string): string {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}

/** Milliseconds until the file is settled: until any later change gives it another time. */
export function unsettledMs(path: string): number {
  const age = Date.now() - statSync(path).mtimeMs;
  return Math.min(Math.max(0, mtimeGrainMs - age), mtimeGrainMs);
}
