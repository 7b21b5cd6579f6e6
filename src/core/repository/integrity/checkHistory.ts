import { CoralError } from '../../base/errors';
import type { Commit } from '../../history/commit';
import { type HistoryStore, type RecordKindName, recordKindNames, recordKinds, type RecordValues } from '../../history/recordKinds';
import { mapConcurrently } from '../../base/mapConcurrently';
import type { CommitRef } from './danglingReferences';
import type { Finding, Mend } from './integrityReport';

export interface HistoryCheck {
  readonly commits: ReadonlyMap<string, Commit>;
  /** what versions name */
  readonly versions: readonly CommitRef[];
  readonly findings: readonly Finding[];
}

const concurrency = 64;

/** Reads every record; those that are not what their names promise are findings. */
export async function checkHistory(history: HistoryStore, mend: Mend, signal?: AbortSignal): Promise<HistoryCheck> {
  const findings: Finding[] = [];
  const read = <Name extends RecordKindName>(name: Name): Promise<RecordValues[Name][]> => checkRecords(name, history, { mend, findings, signal });
  const [commits, versions] = [await read('commits'), await read('versions')];
  for (const name of recordKindNames) if (name !== 'commits' && name !== 'versions') await read(name);
  return {
    commits: new Map(commits.map((commit) => [commit.commitHash, commit])),
    versions: versions.map(({ versionId, name, commitHash }) => (
      { subject: 'version', name, path: history.versions.pathOf(versionId), commit: commitHash })),
    findings,
  };
}

interface RecordOptions {
  readonly mend: Mend;
  readonly findings: Finding[];
  readonly signal: AbortSignal | undefined;
}

async function checkRecords<Name extends RecordKindName>(
  name: Name, { [name]: records }: HistoryStore, { mend, findings, signal }: RecordOptions,
): Promise<RecordValues[Name][]> {
  const { noun: subject, verify } = recordKinds[name];
  const found = await mapConcurrently(await records.list(signal), concurrency, async (id) => {
    const path = records.pathOf(id);
    try {
      const bytes = await records.read(id, signal);
      return bytes === undefined ? [] : [verify(bytes, path, id)];
    } catch (error) {
      if (!CoralError.means(error, 'cannot be read')) throw error;
      findings.push({ severity: 'error', subject, fault: 'damaged', hash: id, path, message: error.message, mend });
      return [];
    }
  });
  return found.flat();
}
