import { matchesGlob } from '../../core/repository/glob';

/** Lets through what has a name that contains the text, or a hash that begins with it; with `*` or `?` in it, the whole name or hash must match. */
export function weightFilter(typed: string): (hash: string, names: readonly string[]) => boolean {
  const pattern = typed.trim().toLowerCase();
  if (/[*?]/.test(pattern)) return (hash, names) => matchesGlob(pattern, hash) || names.some((name) => matchesGlob(pattern, name.toLowerCase()));
  return (hash, names) => hash.startsWith(pattern) || names.some((name) => name.toLowerCase().includes(pattern));
}
