/**
 * Whether a text matches a pattern in which `*` stands for any text and `?` for one character; capitals do not count. Takes
 * time in proportion to both lengths at most, whatever the pattern: a regular expression would not.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let [at, from] = [0, 0];
  let [star, retry] = [-1, 0];
  while (from < text.length) {
    if (pattern[at] === '*') {
      [star, retry] = [at, from];
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[from])) {
      at += 1;
      from += 1;
    } else if (star === -1) {
      return false;
    } else {
      retry += 1;
      [at, from] = [star + 1, retry];
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

/** Lets through what has a name that contains the text, or a hash that begins with it; with `*` or `?` in it, the whole name or hash must match. */
export function weightFilter(typed: string): (hash: string, names: readonly string[]) => boolean {
  const pattern = typed.trim().toLowerCase();
  if (/[*?]/.test(pattern)) return (hash, names) => matchesGlob(pattern, hash) || names.some((name) => matchesGlob(pattern, name.toLowerCase()));
  return (hash, names) => hash.startsWith(pattern) || names.some((name) => name.toLowerCase().includes(pattern));
}
