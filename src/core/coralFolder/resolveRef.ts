import { CoralError } from '../base/errors';
import { commitAt } from './branches';
import type { RepositoryState } from './repositoryState';

/** The commit that HEAD, a branch, a hash or the beginning of one stands for; undefined before the first commit. */
export function resolveRef(
  { head, branches, commits }: Pick<RepositoryState, 'head' | 'branches' | 'commits'>, ref: string,
): string | undefined {
  if (ref === 'HEAD') return head.commit;
  if (Object.hasOwn(branches, ref)) return commitAt(branches, ref);
  const found = ref.length < 4 ? [] : [...commits.keys()].filter((hash) => hash.startsWith(ref));
  if (found.length === 1) return found[0];
  throw new CoralError('missing', `There is no branch or commit "${ref}"${found.length > 1 ? ': several commits begin like that' : ''}.`);
}
