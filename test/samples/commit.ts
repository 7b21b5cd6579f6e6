import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface SampleCommit {
  readonly message: string;
  readonly time: Date;
  readonly weights: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
}

/** Commits to the current branch as the Python tool does, and returns the commit's hash. Independent of the core under test. */
export async function writeCommit(root: string, { message, time, weights, tags = [] }: SampleCommit): Promise<string> {
  const coral = join(root, '.coral');
  const branch = (await readFile(join(coral, 'HEAD'), 'utf8')).trim().replace('ref: refs/heads/', '');
  const branchFile = join(coral, 'refs/heads', branch);
  const ref = JSON.parse(await readFile(branchFile, 'utf8')) as { commit_hash: string };
  const content = {
    parent_hashes: ref.commit_hash === '' ? [] : [ref.commit_hash],
    weight_hashes: weights,
    metadata: { author: 'Sample Author', email: 'author@example.com', message, timestamp: localTime(time), tags },
    delta_weights: {},
  };
  const hash = createHash('sha256').update(pythonJson(content)).digest('hex').slice(0, 32);
  const folder = join(coral, 'objects/commits');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${hash}.json`), ascii(JSON.stringify({ commit_hash: hash, ...content }, null, 2)));
  await writeFile(branchFile, JSON.stringify({ ...ref, commit_hash: hash }, null, 2));
  return hash;
}

/** Python's json.dumps(value, sort_keys=True), byte for byte: this is what a commit's hash is taken over. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return ascii(JSON.stringify(value));
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${ascii(JSON.stringify(key))}: ${pythonJson(entry)}`).join(', ')}}`;
}

const ascii = (json: string): string => json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** datetime.now().isoformat(): local time without a zone. */
function localTime(time: Date): string {
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return `${local.toISOString().slice(0, 23)}000`;
}
