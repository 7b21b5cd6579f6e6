import { join } from 'node:path';
import { Meter } from '../../transfer/meter';
import type { OnProgress } from '../../transfer/progress';
import { WaitingRelay } from '../../transfer/waitingRelay';
import { namesOf } from '../../coralFolder/names';
import type { Repository } from '../repository';
import type { HistoryCheck } from './checkHistory';
import { checkStore, type StoreCheck, type StoreCheckOptions, unreadableStore } from './checkStore';
import { strangeFiles } from './strangeFiles';
import { readLocalHistory } from './localHistory';
import { danglingReferences } from './danglingReferences';
import { bySeverity, type Depth, type Finding, type IntegrityReport } from './integrityReport';

export interface CheckOptions {
  readonly depth: Depth;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Checks a repository and changes nothing. Damage is in the report; it rejects only when the check itself cannot be done. */
export async function checkRepository(repository: Repository, { depth, onProgress, signal }: CheckOptions): Promise<IntegrityReport> {
  const started = new Date();
  const coralFolder = await repository.coralFolder();
  const location = join(coralFolder, 'objects', 'weights.h5');
  const relay = new WaitingRelay('', onProgress);
  const history = await readLocalHistory(coralFolder, signal);
  const { commits, staged } = history;
  const names = namesOf({ staged, commits });
  const store = await checkLocalStore(repository, relay.onWaiting, {
    depth, mend: 'fetch', place: 'this repository', location, signal, nameOf: (hash) => names.get(hash)?.[0], meter: new Meter('checking', '', relay.onProgress),
  });
  const findings = [...history.findings, ...store.findings];
  const refs = [...history.refs, ...history.versions];
  const known = hashesFound(findings);
  findings.push(...danglingReferences({ ...store, commits, refs, staged }, { place: 'this repository', mend: 'fetch', known }));
  findings.push(...await strangeFiles(coralFolder));
  return {
    root: repository.root, location: coralFolder, depth, startedAt: started.toISOString(), milliseconds: Date.now() - started.getTime(),
    checked: { ...countsOf(store, history), refs: history.refs.length }, findings: bySeverity(findings),
  };
}

export function countsOf(
  { weights, deltas, bytes }: StoreCheck, { commits, versions }: HistoryCheck,
): Omit<IntegrityReport['checked'], 'refs'> {
  return { weights: weights.size, deltas: deltas.size, commits: commits.size, versions: versions.length, bytes };
}

/** The hashes that findings are about. */
export function hashesFound(findings: readonly Finding[]): ReadonlySet<string> {
  return new Set(findings.flatMap(({ hash, subject }) => (hash === undefined || subject === 'metadata' ? [] : [hash])));
}

/** A weights.h5 that is no store at all gives a single finding. */
async function checkLocalStore(repository: Repository, onWaiting: (what: string) => void, options: StoreCheckOptions): Promise<StoreCheck> {
  const warnings: string[] = [];
  await using store = await repository.localStore('read', { onWaiting, onWarning: (text) => { warnings.push(text); } });
  try {
    const found = await checkStore(store, options);
    return { ...found, findings: [...found.findings, ...warnings.map((message): Finding => ({ severity: 'warning', subject: 'store', fault: 'damaged', path: options.location, message, mend: 'hand' }))] };
  } catch (error) {
    return unreadableStore(error, options);
  }
}
