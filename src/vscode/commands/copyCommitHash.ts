import { copy } from '../ui/say';
import type { Services } from '../actions/services';
import { CommitNode } from '../tree/commitNode';
import { DamagedCommitNode } from '../tree/damagedCommitNode';
import { pickCommit } from '../ask/pickCommit';
import { selectedInHistory } from '../tree/selectedInHistory';

/** Copies the whole hash of the commit, one a line when several are selected. */
export async function copyCommitHash(services: Services, target?: unknown, selection?: unknown): Promise<void> {
  const selected = selectedInHistory(services, target, selection).filter((node) => node instanceof CommitNode || node instanceof DamagedCommitNode);
  const commits = selected.length > 0 ? selected : [await pickCommit(services, target, 'Copy the hash of which commit?')];
  const hashes = commits.flatMap((commit) => commit?.commit ?? []);
  if (hashes.length > 0) await copy(...hashes);
}
