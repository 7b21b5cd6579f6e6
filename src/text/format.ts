// Numbers as people read them. Knows neither vscode nor the state of anything.

const byteUnits = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes in powers of 1000, with one decimal below 100: "12.4 MB", "512 bytes". */
export function formatBytes(bytes: number): string {
  const unit = unitOf(bytes);
  return `${inUnit(bytes, unit)} ${unit === 0 && bytes === 1 ? 'byte' : byteUnits[unit]}`;
}

/** "12.4 MB (12,400,000 bytes)", "512 bytes" */
export function formatExactBytes(bytes: number): string {
  return bytes < 1000 ? formatBytes(bytes) : `${formatBytes(bytes)} (${formatCount(bytes)} bytes)`;
}

/** "92 MB/s", "3.1 MB/s" */
export function formatRate(bytesPerSecond: number): string {
  const unit = unitOf(bytesPerSecond);
  const value = bytesPerSecond / 1000 ** unit;
  return `${value.toFixed(unit > 0 && value < 9.95 ? 1 : 0)} ${byteUnits[unit]}/s`;
}

/** Both in the unit of the larger: "3.1 of 6.8 GB". */
export function formatBytesOf(done: number, total: number): string {
  const unit = unitOf(total);
  return `${inUnit(Math.min(done, total), unit)} of ${formatBytes(total)}`;
}

function unitOf(bytes: number): number {
  let unit = 0;
  for (let rest = bytes; rest >= 999.5 && unit < byteUnits.length - 1; rest /= 1000) unit += 1;
  return unit;
}

function inUnit(bytes: number, unit: number): string {
  const value = bytes / 1000 ** unit;
  return unit === 0 || value === 0 ? String(Math.round(value)) : value.toFixed(value < 99.95 ? 1 : 0);
}

/** "1,204" */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** "1 weight", "1,204 weights" */
export function formatCountOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** "4 weights", "1 delta": of what there is any. */
export function formatCounts(...counts: readonly (readonly [count: number, noun: string])[]): string[] {
  return counts.filter(([count]) => count > 0).map(([count, noun]) => formatCountOf(count, noun));
}

/** "a, b and c" */
export function formatList(parts: readonly string[]): string {
  return [parts.slice(0, -1).join(', '), ...parts.slice(-1)].filter(Boolean).join(' and ');
}

/** "push" as "Push" */
export function capitalized<Word extends string>(word: Word): Capitalize<Word> {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}` as Capitalize<Word>;
}

/** "1,204"; "86 names, 79 contents" where names share weights, or have several versions. */
export function formatWeights({ weights, names = weights }: { readonly weights: number; readonly names?: number | undefined }): string {
  return names === weights ? formatCount(weights) : `${formatCountOf(names, 'name')}, ${formatCountOf(weights, 'content')}`;
}

/** The same with its noun where it is one number: "1,204 weights". */
export function speakWeights({ weights, names = weights }: { readonly weights: number; readonly names?: number | undefined }): string {
  return names === weights ? formatCountOf(weights, 'weight') : formatWeights({ weights, names });
}

/** "0.4 s", "40 s", "1 min 14 s", "2 h 5 min" */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min${whole % 60 === 0 ? '' : ` ${whole % 60} s`}`;
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
}

/** "15:57" today, "2026-11-21 15:57" before; local time, since what shows it is not drawn again as time goes by */
export function formatTime(time: number, now: number): string {
  const [date, clock] = parts(time);
  return date === parts(now)[0] ? clock : `${date} ${clock}`;
}

/** "at 15:57", "yesterday", "3 days ago", "on 2026-11-21": words that stay true until midnight, for rows that are not drawn again */
export function formatDay(time: number, now: number): string {
  const days = Math.round((startOfDay(now) - startOfDay(time)) / 86_400_000);
  if (days < 1) return `at ${parts(time)[1]}`;
  if (days === 1) return 'yesterday';
  return days < 7 ? `${days} days ago` : `on ${parts(time)[0]}`;
}

function startOfDay(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}

function parts(time: number): [date: string, clock: string] {
  const moment = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  const date = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())].join('-');
  return [date, `${two(moment.getHours())}:${two(moment.getMinutes())}`];
}

/** "2↓ 3↑", one side alone when the other is nothing, "" when both are. */
export function formatAheadBehind(ahead: number, behind: number): string {
  return [behind > 0 && `${formatCount(behind)}↓`, ahead > 0 && `${formatCount(ahead)}↑`].filter(Boolean).join(' ');
}

/** The same in words: "2 weights to pull, 3 weights to push". */
export function speakAheadBehind(ahead: number, behind: number): string {
  const weights = (count: number, what: string) => count > 0 && `${formatCountOf(count, 'weight')} ${what}`;
  return [weights(behind, 'to pull'), weights(ahead, 'to push')].filter(Boolean).join(', ');
}

/** "9f3a61c2…" */
export function shortHash(hash: string): string {
  return hash.length > 8 ? `${hash.slice(0, 8)}…` : hash;
}

/** "1a2b3c4d (main~2)"; of a commit that no ref leads to "1a2b3c4d Retrain the head" */
export function commitText(
  { hash, ref, title }: { readonly hash: string; readonly ref?: string | undefined; readonly title: string },
): string {
  return `${hash.slice(0, 8)} ${ref === undefined ? title.slice(0, maxTitle) : `(${ref})`}`.trim();
}

const maxTitle = 60;

/** "float16 [4096, 4096]" */
export function formatTensor(dtype: string, shape: readonly number[]): string {
  return `${dtype} [${shape.join(', ')}]`;
}

/**
 * How long ago: "now", "5 min ago", "3 h ago", "2 days ago"; the date beyond a month, the clock time for what lies ahead; "" for no time.
 */
export function formatAge(time: number, now: number): string {
  if (Number.isNaN(time)) return '';
  const minutes = Math.floor((now - time) / 60_000);
  if (minutes < -1) return formatTime(time, now);
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ago`;
  const days = Math.floor(hours / 24);
  return days <= 30 ? `${formatCountOf(days, 'day')} ago` : parts(time)[0];
}

/** "2026-11-21 15:57:03" of what Python's isoformat() wrote, which has no zone: shown as it is. */
export function formatTimestamp(timestamp: string): string {
  return timestamp.replace('T', ' ').replace(/\.\d+$/, '') || 'not known';
}

/** "2 added, 1 changed", "nothing changed" */
export function speakChanges(
  { added, changed, removed }: { readonly added: number; readonly changed: number; readonly removed: number },
): string {
  const counts = Object.entries({ added, changed, removed }).filter(([, count]) => count > 0);
  return counts.map(([what, count]) => `${formatCount(count)} ${what}`).join(', ') || 'nothing changed';
}
