import { formatAge } from '../../text/format';
import type { CoralClient } from '../../worker/client';
import type { CoralModel } from '../model/coralModel';
import type { RepositoryModel } from '../model/repositoryModel';
import { notify, pick } from '../ui/say';
import { pickRepository } from './pickRemote';
import { type CommitTarget, isCommitTarget } from './target';

/** Commits offered to pick from. */
const maxOffered = 1_000;

interface Asked {
  readonly client: CoralClient;
  readonly model: CoralModel;
}

/**
 * The commit a command is about: the target, or the one that is picked now. undefined when nothing was picked, or when there is none,
 * which is then said.
 */
export async function pickCommit({ client, model }: Asked, target: unknown, purpose: string): Promise<CommitTarget | undefined> {
  if (isCommitTarget(target)) return { root: target.root, commit: target.commit };
  const repository = await pickRepository(model, target, 'Look for the commit in which repository?');
  return repository && pickFrom(client, repository, purpose);
}

async function pickFrom(client: CoralClient, { root, name }: RepositoryModel, purpose: string): Promise<CommitTarget | undefined> {
  const { rows } = await client.call('history', { root, offset: 0, limit: maxOffered });
  const items = rows.flatMap((row) => ('problem' in row ? [] : [{
    icon: 'git-commit', label: row.message.trim().split('\n', 1)[0] || '(no message)',
    description: [row.hash.slice(0, 8), row.author, formatAge(Date.parse(row.timestamp), Date.now())].filter(Boolean).join(' · '),
    commit: row.hash,
  }]));
  if (items.length === 0) {
    notify('info', `There are no commits in ${name} yet.`);
    return undefined;
  }
  const picked = await pick(items, purpose);
  return picked && { root, commit: picked.commit };
}
