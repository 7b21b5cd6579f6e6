/**
 * Whether a text matches a pattern in which `*` stands for any text and `?` for one character; capitals count. Takes
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
      from += pattern[at] === '?' ? unitsAt(text, from) : 1;
      at += 1;
    } else if (star === -1) {
      return false;
    } else {
      retry += unitsAt(text, retry);
      [at, from] = [star + 1, retry];
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

/** How many units of UTF-16 the character there takes. */
function unitsAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
