import type { Head } from '../coralFolder/branches';
import type { Staged } from '../coralFolder/staging';
import type { CoralError } from '../errors';
import type { Refs } from '../remotes/refs';
import type { Inventory } from './inventory';

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
