import { join } from 'node:path';
import { together } from '../base/together';
import { readBranches, readBranchFiles, readHead } from '../coralFolder/branches';
import { readStaged } from '../coralFolder/staging';
import { CoralError } from '../base/errors';
import { type Side, takeInventory } from './inventory';
import type { Look } from './look';
import type { Remote } from './remote';

/** Both ends of an operation. */
export interface Ends {
  readonly local: Side;
  readonly remote: Remote;
  readonly coralFolder: string;
}

interface LookOptions {
  /** skip the history of the remote */
  readonly weightsOnly?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The only look that an operation takes. Changes nothing on either side. */
export async function lookAt({ local, remote, coralFolder }: Ends, { weightsOnly = false, signal }: LookOptions = {}): Promise<Look> {
  const { name } = remote.config;
  const unread: CoralError[] = [];
  const ignore = (): void => undefined;
  const report = (problem: CoralError): void => { if (problem.reason === 'denied') unread.push(problem); };
  const [here, there, staged, tracking] = await together((stop) => {
    const ours = takeInventory(local, { refs: (each) => readBranches(coralFolder, report, each), signal: stop });
    const theirs = takeInventory(remote, { refs: (each) => remote.fetchRefs(each), other: ours, weightsOnly, signal: stop });
    return [
      ours, theirs.catch((error: unknown) => { throw CoralError.from(error, 'network').with({ remote: name }); }),
      readStaged(coralFolder, ignore), readBranchFiles(coralFolder, join('refs', 'remotes', name), ignore, stop),
    ];
  }, signal);
  const head = await readHead(coralFolder, here.refs, ignore);
  const { refsProblem, warnings } = remote;
  return { remote: name, here, there, tracking, head, staged, unread, refsProblem, warnings };
}
