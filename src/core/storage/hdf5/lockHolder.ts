import { readdirSync, readFileSync, statSync } from 'node:fs';

/**
 * Who holds a flock(2) on the file, as Linux tells: "python3 (pid 4711)". undefined where it does not. /proc/locks would name the
 * process that asked for the lock, which is a helper of ours that has ended; what is said of each open file tells who has it now.
 */
export function holderOf(path: string): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) return undefined;
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const fd of list(`/proc/${pid}/fd`)) {
      if (isFile(`/proc/${pid}/fd/${fd}`, file) && hasLock(`/proc/${pid}/fdinfo/${fd}`)) return processName(Number(pid));
    }
  }
  return undefined;
}

export function processName(pid: number): string {
  return pid === process.pid ? 'another task of this window' : `${commandOf(pid)} (pid ${pid})`;
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return 'a program';
  }
}

/** Processes may end meanwhile, and those of others cannot be inspected. */
function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isFile(link: string, { dev, ino }: { readonly dev: number; readonly ino: number }): boolean {
  try {
    const found = statSync(link);
    return found.ino === ino && found.dev === dev;
  } catch {
    return false;
  }
}

function hasLock(info: string): boolean {
  try {
    return /^lock:.*FLOCK/m.test(readFileSync(info, 'latin1'));
  } catch {
    return false;
  }
}
