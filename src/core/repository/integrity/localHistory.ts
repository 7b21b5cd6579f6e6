import { join } from 'node:path';
import { CoralError } from '../../base/errors';
import { localHistory } from '../../history/folderRecords';
import { RemoteManager } from '../../sync/remoteManager';
import { type Branches, type Head, readBranches, readHead } from '../../coralFolder/branches';
import { readTrackingRefs, type TrackingRefs } from '../../coralFolder/trackingRefs';
import { readStaged, type Staged } from '../../coralFolder/staging';
import { checkHistory, type HistoryCheck } from './checkHistory';
import type { CommitRef } from './danglingReferences';
import type { Finding, Subject } from './integrityReport';

/** The small files of a repository: what they refer to, and what is wrong with them. */
interface LocalHistory extends HistoryCheck {
  readonly staged: Staged;
  /** branches, also those of remotes as last seen, and a detached HEAD; not versions */
  readonly refs: readonly CommitRef[];
}

export async function readLocalHistory(coralFolder: string, signal?: AbortSignal): Promise<LocalHistory> {
  const small = await readSmallFiles(coralFolder);
  const history = await checkHistory(localHistory(coralFolder), 'fetch', signal);
  return { ...history, ...small, findings: [...small.findings, ...history.findings] };
}

interface SmallFiles {
  readonly staged: Staged;
  readonly refs: readonly CommitRef[];
  readonly findings: readonly Finding[];
}

/** HEAD, branches, staging and remotes.json. */
async function readSmallFiles(coralFolder: string): Promise<SmallFiles> {
  const findings: Finding[] = [];
  const report = (subject: Subject) => ({ message, path, line }: CoralError): void => {
    const at = line === undefined || message.includes(`line ${line}`) ? message : `${message} (line ${line})`;
    findings.push({ severity: 'error', subject, fault: 'damaged', path, message: at, mend: 'hand' });
  };
  const branches = await readBranches(coralFolder, report('branch'));
  const head = await readHead(coralFolder, branches, report('HEAD'));
  const staged = await readStaged(coralFolder, report('staging'));
  await readRemotes(join(coralFolder, 'remotes.json'), report('remotes'));
  const refs = [...namedCommits(coralFolder, branches, head), ...tracked(coralFolder, await readTrackingRefs(coralFolder, report('branch')))];
  if (head.branch !== undefined && !Object.hasOwn(branches, head.branch) && Object.keys(branches).length > 0) findings.push(headNowhere(coralFolder, head.branch));
  return { staged, refs, findings };
}

async function readRemotes(path: string, report: (problem: CoralError) => void): Promise<void> {
  try {
    (await RemoteManager.open(path)).problems.forEach(report);
  } catch (error) {
    report(CoralError.from(error, 'corrupt', { path }));
  }
}

function namedCommits(coralFolder: string, branches: Branches, head: Head): CommitRef[] {
  const heads = join(coralFolder, 'refs', 'heads');
  const named = Object.entries(branches).map(([name, commit]): CommitRef => ({ subject: 'branch', name, path: join(heads, name), commit }));
  if (head.branch !== undefined || head.commit === undefined) return named;
  return [...named, { subject: 'HEAD', name: 'HEAD', path: join(coralFolder, 'HEAD'), commit: head.commit }];
}

function tracked(coralFolder: string, refs: TrackingRefs): CommitRef[] {
  return Object.entries(refs).flatMap(([remote, branches]) => Object.entries(branches).map(([name, commit]): CommitRef => (
    { subject: 'branch', name: `${remote}/${name}`, path: join(coralFolder, 'refs', 'remotes', remote, name), commit, isTracking: true })));
}

function headNowhere(coralFolder: string, branch: string): Finding {
  const path = join(coralFolder, 'refs', 'heads', branch);
  return {
    severity: 'error', subject: 'HEAD', fault: 'missing', name: branch, path, mend: 'hand',
    message: `HEAD names the branch ${JSON.stringify(branch)}, but ${path} is not there, or is damaged. Restore it from a copy, or check out another branch, before you commit.`,
  };
}
