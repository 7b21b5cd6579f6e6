import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface SampleCommit {
  readonly message: string;
  readonly time: Date;
  readonly weights: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
  /** name to delta hash */
  readonly deltas?: Readonly<Record<string, string>>;
  /** further parents than the branch's commit */
  readonly merged?: readonly string[];
}

/** Commits to the current branch as the Python tool does, and returns the commit's hash. */
export async function writeCommit(root: string, { merged = [], ...sample }: SampleCommit): Promise<string> {
  const coral = join(root, '.coral');
  const branch = (await readFile(join(coral, 'HEAD'), 'utf8')).trim().replace('ref: refs/heads/', '');
  const branchFile = join(coral, 'refs/heads', branch);
  const ref = JSON.parse(await readFile(branchFile, 'utf8')) as { commit_hash: string };
  const { hash, text } = commitFile(sample, [...(ref.commit_hash === '' ? [] : [ref.commit_hash]), ...merged]);
  const folder = join(coral, 'objects/commits');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${hash}.json`), text);
  await writeFile(branchFile, JSON.stringify({ ...ref, commit_hash: hash }, null, 2));
  return hash;
}

/** HASH.json as the Python tool writes it; in old repositories the hash has 16 digits. Independent of the core under test. */
export function commitFile({ message, time, weights, tags = [], deltas = {} }: SampleCommit, parents: readonly string[], digits: 16 | 32 = 32): { hash: string; text: string } {
  const content = {
    parent_hashes: parents,
    weight_hashes: weights,
    metadata: { author: 'Sample Author', email: 'author@example.com', message, timestamp: localTime(time), tags },
    delta_weights: deltas,
  };
  const hash = createHash('sha256').update(pythonJson(content)).digest('hex').slice(0, digits);
  return { hash, text: ascii(JSON.stringify({ commit_hash: hash, ...content }, null, 2)) };
}

/** Tags a commit as `coral tag` does. */
export async function writeTag(root: string, name: string, commit: string, description: string | null = null): Promise<void> {
  const id = createHash('sha256').update(`${name}:${commit}`).digest('hex').slice(0, 16);
  const folder = join(root, '.coral/versions');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${id}.json`), ascii(JSON.stringify({ version_id: id, commit_hash: commit, name, description, metrics: null }, null, 2)));
}

/** Puts a branch file at a commit: "refs/heads/dev", "refs/remotes/origin/main". */
export async function writeRef(root: string, ref: string, commit: string): Promise<void> {
  const path = join(root, '.coral', ref);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify({ name: ref.split('/').slice(ref.startsWith('refs/heads/') ? 2 : 3).join('/'), commit_hash: commit, parent_branch: null }, null, 2));
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
