import { matchesGlob } from '../../core/base/matchesGlob';

/**
 * Lets through a name that contains the text, and all names of a hash that begins with it; with `*` or `?` in it, the whole name or hash
 * must match.
 */
export function weightFilter(typed: string): (hash: string, name: string | undefined) => boolean {
  const pattern = typed.trim().toLowerCase();
  if (/[*?]/.test(pattern)) {
    return (hash, name) => matchesGlob(pattern, hash) || (name !== undefined && matchesGlob(pattern, name.toLowerCase()));
  }
  return (hash, name) => hash.startsWith(pattern) || name?.toLowerCase().includes(pattern) === true;
}
