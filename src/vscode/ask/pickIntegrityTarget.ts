import type { IntegrityRequest } from '../../worker/protocol/integrity';
import type { Consents } from '../model/consents';
import type { CoralModel } from '../model/coralModel';
import type { RemoteModel } from '../model/remoteModel';
import type { RepositoryModel } from '../model/repositoryModel';
import { pick } from '../ui/say';
import { mayContact } from './mayContact';
import { pickRepository } from './pickRemote';
import { targetRemote, targetRepository } from './target';

/** What an integrity command is about: a repository, or one of its remotes that may be contacted. */
export interface IntegrityTarget {
  readonly repository: RepositoryModel;
  readonly remote?: RemoteModel | undefined;
}

interface Asked {
  readonly model: CoralModel;
  readonly consents: Consents;
}

/** The row it was invoked on; else the repository or one of its remotes, as picked now. */
export async function pickIntegrityTarget(
  { model, consents }: Asked, target: unknown, purpose: string,
): Promise<IntegrityTarget | undefined> {
  const given = targetRemote(model, target);
  const repository = await pickRepository(model, target, purpose);
  if (repository === undefined) return undefined;
  const isGiven = given !== undefined || targetRepository(model, target) !== undefined;
  const subject = isGiven ? { repository, remote: given } : await pickWithin(repository, purpose);
  if (subject?.remote !== undefined && !await mayContact(consents, subject.remote)) return undefined;
  return subject;
}

async function pickWithin(repository: RepositoryModel, purpose: string): Promise<IntegrityTarget | undefined> {
  if (repository.remotes.length === 0) return { repository };
  const here = { icon: 'repo', label: repository.name, description: 'this repository', subject: { repository } };
  const there = repository.remotes.map((remote) => ({
    icon: remote.icon, label: remote.name, description: remote.summary.url, subject: { repository, remote },
  }));
  return (await pick([here, ...there], purpose))?.subject;
}

/** The subject as the worker is told of it. */
export async function requestOf({ repository, remote }: IntegrityTarget): Promise<IntegrityRequest> {
  return remote === undefined ? { root: repository.root } : remote.request();
}
