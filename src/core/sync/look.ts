import { join } from 'node:path';
import { type Head, readBranches, readBranchFiles, readHead } from '../coralFolder/branches';
import { readStaged, type Staged } from '../coralFolder/staging';
import { CoralError } from '../errors';
import type { Refs } from '../remotes/refs';
import { type Inventory, type Side, takeInventory } from './inventory';
import type { Remote } from './remote';

/** Both ends of an operation. */
export interface Ends {
  readonly local: Side;
  readonly remote: Remote;
  readonly coralFolder: string;
}

/** Both sides as they were at one time: all that a plan or a status is made from. Plain data. */
export interface Look {
  /** name of the remote */
  readonly remote: string;
  readonly here: Inventory;
  readonly there: Inventory;
  /** where the remote's branches were seen last */
  readonly tracking: Refs;
  readonly head: Head;
  readonly staged: Staged;
  /** branches here that may not be read */
  readonly unread: readonly CoralError[];
  /** what is wrong with refs.json there */
  readonly refsProblem: CoralError | undefined;
  /** what is odd about the remote, in sentences */
  readonly warnings: readonly string[];
}

/** The one look of an operation. Changes nothing on either side. */
export async function lookAt({ local, remote, coralFolder }: Ends, { weightsOnly = false, signal }: LookOptions = {}): Promise<Look> {
  const { name } = remote.config;
  const unread: CoralError[] = [];
  const ignore = (): void => undefined;
  const branches = (): Promise<Refs> => readBranches(coralFolder, (problem) => { if (problem.reason === 'denied') unread.push(problem); }, signal);
  const ours = takeInventory(local, { refs: branches, signal });
  const theirs = takeInventory(remote, { refs: () => remote.fetchRefs(signal), other: ours, weightsOnly, signal });
  const [here, there, staged, tracking] = await Promise.all([
    ours, theirs.catch((error: unknown) => { throw CoralError.from(error, 'network').with({ remote: name }); }),
    readStaged(coralFolder, ignore), readBranchFiles(coralFolder, join('refs', 'remotes', name), ignore, signal),
  ]);
  const head = await readHead(coralFolder, here.refs, ignore);
  const { refsProblem, warnings } = remote;
  return { remote: name, here, there, tracking, head, staged, unread, refsProblem, warnings };
}

export interface LookOptions {
  /** no history of the remote's */
  readonly weightsOnly?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}
