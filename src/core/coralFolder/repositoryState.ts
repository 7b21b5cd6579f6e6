import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readTextFile } from '../base/files';
import { CoralError } from '../base/errors';
import type { CommitIndex } from '../history/commitIndex';
import type { Commits } from '../history/graph';
import { readHistory } from '../history/readHistory';
import { readVersions, type Version } from '../history/versions';
import type { RemoteConfig } from '../remotes/remoteConfig';
import { maxRemotesBytes, parseRemotes } from '../remotes/remotesFile';
import { type Branches, type Head, readBranches, readHead } from './branches';
import { readStaged, type Staged } from './staging';
import { ProblemList } from './problemList';
import { readTrackingRefs, type TrackingRefs } from './trackingRefs';

/** What the small files of a repository say; neither weights.h5 nor the network is asked. */
export interface RepositoryState {
  readonly head: Head;
  readonly branches: Branches;
  readonly trackingRefs: TrackingRefs;
  /** commits that have been tagged */
  readonly versions: readonly Version[];
  readonly commits: Commits;
  readonly staged: Staged;
  readonly remotes: readonly RemoteConfig[];
  /** what could not be read; the rest was */
  readonly problems: readonly CoralError[];
}

/** The same without the content of commits. */
export interface RepositoryOutline extends Omit<RepositoryState, 'commits'> {
  readonly commits: ReadonlySet<string>;
}

/** Reads the files once. Damage is reported in `problems` and hides only what is damaged. */
export async function readState(coralFolder: string, signal?: AbortSignal): Promise<RepositoryState> {
  return readAround(coralFolder, () => readHistory(join(coralFolder, 'objects', 'commits'), signal), signal);
}

/** Reads anew all but commits that `index` has read before: for asking again and again. */
export async function readOutline(coralFolder: string, index: CommitIndex, signal?: AbortSignal): Promise<RepositoryOutline> {
  return readAround(coralFolder, () => index.read(signal), signal);
}

interface Hashes { readonly size: number; has(hash: string): boolean }

async function readAround<C extends Hashes>(
  coralFolder: string, readCommits: () => Promise<{ readonly commits: C; readonly problems: readonly CoralError[] }>, signal: AbortSignal | undefined,
): Promise<Omit<RepositoryState, 'commits'> & { readonly commits: C }> {
  const lists: ProblemList[] = [];
  const reportOf = (what: string): ((problem: CoralError) => void) => {
    const list = new ProblemList(what);
    lists.push(list);
    return list.add;
  };
  const branches = await readBranches(coralFolder, reportOf('branches'), signal);
  const report = reportOf('other files');
  const head = await readHead(coralFolder, branches, report);
  const trackingRefs = await readTrackingRefs(coralFolder, reportOf('branches of remotes'), signal);
  const versions = await readVersions(coralFolder, reportOf('versions'), signal);
  const staged = await readStaged(coralFolder, report);
  const { commits, problems: damagedCommits } = await readCommits();
  damagedCommits.forEach(reportOf('commits'));
  unknownCommits(branches, head, commits, damagedCommits).forEach(reportOf('refs'));
  if (commits.size > 0) await reportMissingPieces(coralFolder, branches, head, report);
  const remotes = await readRemotes(join(coralFolder, 'remotes.json'), reportOf('remotes'));
  const problems = lists.flatMap((list) => list.all());
  return { head, branches, trackingRefs, versions, commits, staged, remotes, problems };
}

/** Reports missing files that every repository with commits must have. */
async function reportMissingPieces(
  coralFolder: string, branches: Branches, head: Head, report: (problem: CoralError) => void,
): Promise<void> {
  const lacks = (path: string, advice: string): void => report(new CoralError('missing', `${path} is not there, although there are commits. ${advice}`, { path }));
  if (head.branch !== undefined && !Object.hasOwn(branches, head.branch)) {
    lacks(join(coralFolder, 'refs', 'heads', head.branch), 'Restore it from a copy before you commit: it says which commit is the last.');
  }
  const weights = join(coralFolder, 'objects', 'weights.h5');
  if (!await stat(weights).then(() => true, () => false)) lacks(weights, 'Pull the weights from a remote, or restore it from a copy.');
}

async function readRemotes(path: string, report: (problem: CoralError) => void): Promise<RemoteConfig[]> {
  try {
    const { configs, problems } = parseRemotes(await readTextFile(path, maxRemotesBytes), path);
    problems.forEach(report);
    return [...configs.values()];
  } catch (error) {
    report(CoralError.from(error));
    return [];
  }
}

/** Branches, or a detached HEAD, at commits that do not exist; damaged commits are reported already. */
function unknownCommits(branches: Branches, head: Head, commits: Hashes, damaged: readonly CoralError[]): CoralError[] {
  const files = new Set(damaged.map(({ path }) => basename(path ?? '')));
  const refs = [...Object.entries(branches), ...(head.branch === undefined && head.commit !== undefined ? [['HEAD', head.commit] as const] : [])];
  return refs
    .filter(([, hash]) => hash !== '' && !commits.has(hash) && !files.has(`${hash}.json`))
    .map(([name, hash]) => new CoralError('missing', `${name} is at commit ${hash}, which is not in this repository. Pull it, or restore its file from a copy.`));
}
