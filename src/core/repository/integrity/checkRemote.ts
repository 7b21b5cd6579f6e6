import { CoralError } from '../../base/errors';
import type { Remote } from '../../sync/remote';
import type { RemoteOptions } from '../../remotes/remoteStore';
import { Meter } from '../../transfer/meter';
import { WaitingRelay } from '../../transfer/waitingRelay';
import { namesOf } from '../../coralFolder/names';
import type { Repository } from '../repository';
import { type CheckOptions, countsOf, hashesFound } from './checkRepository';
import { checkStore, type StoreCheck, type StoreCheckOptions, unreadableStore } from './checkStore';
import { danglingReferences } from './danglingReferences';
import { readRemoteHistory } from './remoteHistory';
import { bySeverity, type Finding, type IntegrityReport } from './integrityReport';

/** Checks a remote as `checkRepository` checks a repository. Sends GET, HEAD and LIST only. */
export async function checkRemote(repository: Repository, name: string, options: CheckOptions & RemoteOptions): Promise<IntegrityReport> {
  const { depth, onProgress, signal } = options;
  const started = new Date();
  const relay = new WaitingRelay(name, onProgress);
  await using remote = await repository.remote(name, { ...options, onWaiting: relay.onWaiting });
  const { url: location } = remote.config;
  if (!await remote.exists(signal)) {
    throw new CoralError(
      'missing', `There is nothing at ${location} yet, so there is nothing to check. Push to ${name} first.`, { remote: name });
  }
  const history = await readRemoteHistory(remote, signal);
  const names = namesOf({ staged: { weights: {}, deltas: {} }, commits: new Map([...(await repository.state(signal)).commits, ...history.commits]) });
  const store = await checkRemoteStore(remote, {
    depth, mend: 'push', place: name, location, signal, nameOf: (hash) => names.get(hash)?.[0], meter: new Meter('checking', name, relay.onProgress),
  });
  const found = [...history.findings, ...store.findings];
  const { commits, refs, versions } = history;
  const findings = [
    ...found,
    ...danglingReferences({ ...store, commits, refs: [...refs, ...versions] }, { place: name, mend: 'push', known: hashesFound(found) }),
    ...remote.warnings.filter((message) => message !== remote.refsProblem?.message)
      .map((message): Finding => ({ severity: 'warning', subject: 'store', fault: 'unknown', path: location, message, mend: 'hand' })),
  ];
  return {
    root: repository.root, remote: name, location, depth, startedAt: started.toISOString(), milliseconds: Date.now() - started.getTime(),
    checked: { ...countsOf(store, history), refs: refs.length }, findings: bySeverity(findings),
  };
}

async function checkRemoteStore(remote: Remote, options: StoreCheckOptions): Promise<StoreCheck> {
  try {
    return await checkStore(remote.store, options);
  } catch (error) {
    return unreadableStore(error, { ...options, mend: 'hand' });
  }
}
