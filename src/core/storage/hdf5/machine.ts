import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';

/** Where the number of a process means something: on one machine, from its start on, among the processes that see each other. */
export interface Machine {
  readonly host: string;
  /** differs after each start of the system */
  readonly boot: string;
  /** of containers on one machine each has its own; "" where there is no such thing */
  readonly processes: string;
}

export const thisMachine: Machine = {
  host: hostname(),
  boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()) ?? String(Math.round(Date.now() / 1000 - uptime())),
  processes: attempt(() => readlinkSync('/proc/self/ns/pid')) ?? '',
};

/** Where a system has no name for its start, the second of it must do, which its clock tells more or less. */
const inexactSeconds = 10;

/** Whether its processes are numbered as here. */
export function isThisMachine(machine: Machine): boolean {
  return machine.host === thisMachine.host && machine.processes === thisMachine.processes && hasThisKernel(machine);
}

/** Whether a flock that is held there is seen here, as between containers of one machine. */
export function hasThisKernel({ host, boot }: Machine): boolean {
  const apart = Math.abs(Number(boot) - Number(thisMachine.boot));
  return Number.isNaN(apart) ? boot === thisMachine.boot : host === thisMachine.host && apart < inexactSeconds;
}

/** Whether a process of this machine lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // One of another user may not be asked, but is there.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
