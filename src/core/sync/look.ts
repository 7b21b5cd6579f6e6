import type { Head } from '../coralFolder/branches';
import type { Staged } from '../coralFolder/staging';
import type { CoralError } from '../base/errors';
import type { Refs } from '../remotes/refs';
import type { Inventory } from './inventory';

/** Both sides at one moment: everything that plans and statuses are made from. Plain data. */
export interface Look {
  /** name of the remote */
  readonly remote: string;
  readonly here: Inventory;
  readonly there: Inventory;
  /** where the remote's branches were seen last */
  readonly tracking: Refs;
  readonly head: Head;
  readonly staged: Staged;
  /** local branches that could not be read */
  readonly unread: readonly CoralError[];
  /** what is wrong with refs.json there */
  readonly refsProblem: CoralError | undefined;
  /** what is unusual about the remote, in sentences */
  readonly warnings: readonly string[];
}
