import { CoralError } from '../../errors';
import type { Commit } from '../../history/commit';
import { verifiedCommit } from '../../history/commitHash';
import type { HistoryStore } from '../../history/recordKinds';
import type { RecordStore } from '../../history/recordStore';
import { verifiedVersion } from '../../history/versionFile';
import { mapAtOnce } from '../../base/mapAtOnce';
import type { NamedCommit } from './references';
import type { Finding, Mend, Subject } from './report';

export interface HistoryCheck {
  readonly commits: ReadonlyMap<string, Commit>;
  /** what versions name */
  readonly versions: readonly NamedCommit[];
  readonly findings: readonly Finding[];
}

const atOnce = 64;

/** Reads every commit and version and compares it with its hash. */
export async function checkHistory({ commits, versions }: HistoryStore, mend: Mend, signal?: AbortSignal): Promise<HistoryCheck> {
  const findings: Finding[] = [];
  const readCommits = await checkRecords(commits, verifiedCommit, { subject: 'commit', mend, findings }, signal);
  const readVersions = await checkRecords(versions, verifiedVersion, { subject: 'version', mend, findings }, signal);
  return {
    commits: new Map(readCommits.map((commit) => [commit.commitHash, commit])),
    versions: readVersions.map(({ versionId, name, commitHash }) => ({ subject: 'version', name, path: versions.pathOf(versionId), commit: commitHash })),
    findings,
  };
}

interface RecordOptions {
  readonly subject: Extract<Subject, 'commit' | 'version'>;
  readonly mend: Mend;
  readonly findings: Finding[];
}

async function checkRecords<T>(
  records: RecordStore, verify: (bytes: Uint8Array, path: string) => T, { subject, mend, findings }: RecordOptions, signal: AbortSignal | undefined,
): Promise<T[]> {
  const read = await mapAtOnce(await records.list(signal), atOnce, async (id) => {
    const path = records.pathOf(id);
    try {
      const bytes = await records.read(id, signal);
      return bytes === undefined ? [] : [verify(bytes, path)];
    } catch (error) {
      if (!CoralError.means(error, 'cannot be read')) throw error;
      findings.push({ severity: 'error', subject, fault: 'damaged', hash: id, path, message: error.message, mend });
      return [];
    }
  });
  return read.flat();
}
