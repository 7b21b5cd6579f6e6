import { formatAge } from '../../text/format';
import type { RepositoryModel } from '../model/repositoryModel';
import { notify, pick } from '../ui/say';
import type { Services } from '../actions/services';
import { CommitNode } from '../tree/commitNode';
import { pickRepository } from './pickRemote';
import { hasText } from './target';

/** A commit as plain data: what other extensions hand to a command. */
export interface CommitTarget {
  readonly root: string;
  /** the whole hash */
  readonly commit: string;
}

/** Commits offered to pick from. */
const mostOffered = 1_000;

/**
 * The commit a command is about: the one it was invoked on, the one selected in the view "History", or the one that is picked now. undefined when
 * nothing was picked, or when there is none, which is then said.
 */
export async function pickCommit(services: Services, target: unknown, purpose: string): Promise<CommitTarget | undefined> {
  const given = target ?? services.historyView.selection.find((node) => node instanceof CommitNode);
  if (hasText(given, 'root') && hasText(given, 'commit')) return { root: given.root, commit: given.commit };
  const repository = await pickRepository(services, target, 'Look for the commit in which repository?');
  return repository && pickFrom(services, repository, purpose);
}

async function pickFrom({ client }: Services, { root, name }: RepositoryModel, purpose: string): Promise<CommitTarget | undefined> {
  const { rows } = await client.call('history', { root, offset: 0, limit: mostOffered });
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
