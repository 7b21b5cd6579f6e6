import type { Subject as WorkerSubject } from '../../worker/protocol/integrity';
import type { RemoteModel } from '../model/remoteModel';
import type { RepositoryModel } from '../model/repositoryModel';
import { pick } from '../ui/say';
import type { Services } from '../actions/services';
import { mayContact } from '../actions/contact';
import { pickRepository } from './pickRemote';
import { targetRemote, targetRepository } from './target';

/** What an integrity command is about: a repository, or one of its remotes that may be contacted. */
export interface Subject {
  readonly repository: RepositoryModel;
  readonly remote?: RemoteModel | undefined;
}

/** The row it was invoked on; else the repository or one of its remotes, as picked now. */
export async function pickSubject(services: Services, target: unknown, purpose: string): Promise<Subject | undefined> {
  const given = targetRemote(services.model, target);
  const repository = await pickRepository(services, target, purpose);
  if (repository === undefined) return undefined;
  const isGiven = given !== undefined || targetRepository(services.model, target) !== undefined;
  const subject = isGiven ? { repository, remote: given } : await pickWithin(repository, purpose);
  if (subject?.remote !== undefined && !await mayContact(services, subject.remote)) return undefined;
  return subject;
}

async function pickWithin(repository: RepositoryModel, purpose: string): Promise<Subject | undefined> {
  if (repository.remotes.length === 0) return { repository };
  const here = { icon: 'repo', label: repository.name, description: 'this repository', subject: { repository } };
  const there = repository.remotes.map((remote) => ({
    icon: remote.icon, label: remote.name, description: remote.summary.url, subject: { repository, remote },
  }));
  return (await pick([here, ...there], purpose))?.subject;
}

/** The subject as the worker is told of it. */
export async function requestOf({ repository, remote }: Subject): Promise<WorkerSubject> {
  return remote === undefined ? { root: repository.root } : remote.request();
}
