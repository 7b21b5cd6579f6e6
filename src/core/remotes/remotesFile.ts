import { applyEdits, modify } from 'jsonc-parser';
import { CoralError } from '../errors';
import { editFile, refuseLink } from '../base/files';
import { isObject, type JsonObject, parseJsonObject, pythonJson } from '../base/json';
import { RemoteConfig } from './remoteConfig';

/**
 * How remotes.json holds its remotes: below a "remotes" key, as documented, or at the top, as the Python tool's commands do.
 * A file may hold both.
 */
export type RemotesFileShape = 'nested' | 'flat';

/** A thousand remotes have a quarter of a megabyte. */
export const maxRemotesBytes = 8 * 1024 * 1024;

/** What a remotes.json says. A remote that makes no sense is named in `problems` and does not hide the others. */
export interface RemotesContent {
  /** all names, also of remotes with problems */
  readonly names: readonly string[];
  readonly configs: ReadonlyMap<string, RemoteConfig>;
  readonly problems: readonly CoralError[];
}

/** The remotes of a file's text; undefined text, no file, holds none. Reason "invalid" when it is no JSON object. */
export function parseRemotes(text: string | undefined, path: string): RemotesContent {
  if (text === undefined) return { names: [], configs: new Map(), problems: [] };
  const data = parseJsonObject(text, path, 'invalid');
  const names = new Set<string>();
  const configs = new Map<string, RemoteConfig>();
  const problems: CoralError[] = [];
  for (const [name, entry, shape] of entriesOf(data)) {
    const problem = (what: string): void => { problems.push(problemAt(text, path, name, what)); };
    if (names.has(name)) {
      problem(`the remote "${name}" is listed twice; the entry below "remotes" is used`);
      continue;
    }
    names.add(name);
    try {
      const config = RemoteConfig.fromJSON(name, entry);
      configs.set(name, config);
      for (const warning of oddities(name, entry, shape)) problem(warning);
      config.check();
    } catch (error) {
      problem(CoralError.from(error).message.replace(/\.$/, ''));
    }
  }
  return { names: [...names], configs, problems };
}

/** Nested entries first, then the flat ones; a flat remote may itself be called "remotes". Other values at the top are no remotes. */
function* entriesOf(data: JsonObject): Iterable<readonly [name: string, entry: unknown, shape: RemotesFileShape]> {
  const nested = nestedPart(data);
  for (const [name, entry] of Object.entries(nested ?? {})) yield [name, entry, 'nested'];
  for (const [name, entry] of Object.entries(data)) {
    if (isObject(entry) && entry !== nested) yield [name, entry, 'flat'];
  }
}

function nestedPart(data: JsonObject): JsonObject | undefined {
  const part = Object.hasOwn(data, 'remotes') ? data['remotes'] : undefined;
  return isObject(part) && typeof part['url'] !== 'string' ? part : undefined;
}

function* oddities(name: string, entry: unknown, shape: RemotesFileShape): Iterable<string> {
  if (!isObject(entry)) return;
  if ('access_key' in entry || 'secret_key' in entry) {
    yield `the remote "${name}" holds its keys in the file, where everyone who reads it can see them; move them to the environment`;
  }
  if (shape === 'nested' && entry['name'] !== name) {
    yield `the remote "${name}" has no "name" that says so, without which the Python tool cannot read the file`;
  }
}

function problemAt(text: string, path: string, name: string, what: string): CoralError {
  const at = text.indexOf(`${JSON.stringify(name)}:`);
  const line = text.slice(0, Math.max(at, 0)).split('\n').length;
  return new CoralError('invalid', `${path}, line ${line}: ${what}.`, { path, line, remote: name });
}

/** A change to the file's JSON; undefined leaves the file alone. */
export type RemotesEdit = (data: JsonObject | undefined) => JsonObject | undefined;

/** Changes the file in one step. An edit that someone else makes meanwhile is not lost: ours is done again upon theirs. */
export async function editRemotesFile(path: string, edit: RemotesEdit): Promise<void> {
  await refuseLink(path);
  await editFile(path, (text) => {
    const changed = edit(text === undefined ? undefined : parseJsonObject(text, path, 'invalid'));
    return changed === undefined ? undefined : pythonJson(changed);
  }, { maxBytes: maxRemotesBytes });
}

/** Adds a remote in the shape found, `shape` in a new file. */
export function withRemote(data: JsonObject | undefined, config: RemoteConfig, shape: RemotesFileShape): JsonObject {
  const nested = data === undefined ? (shape === 'nested' ? {} : undefined) : nestedPart(data);
  if (nested !== undefined) return { ...data, remotes: define(nested, config.name, config.toJSON()) };
  refuseOtherKey(data ?? {}, config.name);
  return define(data ?? {}, config.name, flatEntry(config));
}

export function withoutRemote(data: JsonObject, name: string): JsonObject {
  return editEntries(data, (entries) => entries.filter(([key]) => key !== name));
}

/** The remote under its new name, in its old place, with all that its entry holds. */
export function withRenamedRemote(data: JsonObject, from: string, to: string): JsonObject {
  if (!Object.hasOwn(nestedPart(data) ?? {}, from)) refuseOtherKey(data, to);
  const rename = (entry: unknown): unknown => (isObject(entry) && 'name' in entry ? { ...entry, name: to } : entry);
  return editEntries(data, (entries) => entries.map(([key, entry]) => (key === from ? [to, rename(entry)] : [key, entry])));
}

/** What may be changed about a remote besides its name. null takes it out. */
export interface RemoteChanges {
  readonly url?: string | undefined;
  readonly region?: string | null | undefined;
  readonly endpointUrl?: string | null | undefined;
  readonly autoPush?: boolean | undefined;
  readonly autoPull?: boolean | undefined;
}

/** The remote's entry as `config` has it, in its old place and with all else that it holds; a key that says nothing is not added. */
export function withEditedRemote(data: JsonObject, config: RemoteConfig): JsonObject {
  const { url, backend, region, endpoint_url, auto_push, auto_pull } = config.toJSON();
  const edit = (entry: unknown): unknown => {
    if (!isObject(entry)) return entry;
    const values = Object.entries({ url, backend, region, endpoint_url, auto_push, auto_pull });
    return { ...entry, ...Object.fromEntries(values.filter(([key, value]) => key in entry || (value !== null && value !== false))) };
  };
  // Of two entries of one name the nested one is in use.
  const nested = nestedPart(data);
  if (nested !== undefined && Object.hasOwn(nested, config.name)) {
    return { ...data, remotes: Object.fromEntries(Object.entries(nested).map(([key, entry]) => [key, key === config.name ? edit(entry) : entry])) };
  }
  return editEntries(data, (entries) => entries.map(([key, entry]) => [key, key === config.name ? edit(entry) : entry]));
}

/** The text without the keys in a remote's entry; every other byte of it stays. */
export function withoutKeys(text: string, name: string): string {
  const data = JSON.parse(text) as JsonObject;
  const path = Object.hasOwn(nestedPart(data) ?? {}, name) ? ['remotes', name] : [name];
  return ['access_key', 'secret_key'].reduce((left, key) => applyEdits(left, modify(left, [...path, key], undefined, {})), text);
}

/** A flat remote must not take the place of something else at the top of the file, "remotes" of the nested shape above all. */
function refuseOtherKey(data: JsonObject, name: string): void {
  if (!Object.hasOwn(data, name)) return;
  throw new CoralError('invalid', `remotes.json holds something else under "${name}". Choose another name for the remote.`, { remote: name });
}

type Entries = (readonly [string, unknown])[];

/** Edits the entries that are remotes, nested and flat, and nothing else. */
function editEntries(data: JsonObject, edit: (entries: Entries) => Entries): JsonObject {
  const nested = nestedPart(data);
  const edited = Object.entries(data).flatMap(([key, value]): Entries => {
    if (nested !== undefined && key === 'remotes') return [[key, Object.fromEntries(edit(Object.entries(nested)))]];
    return isObject(value) ? edit([[key, value]]) : [[key, value]];
  });
  return Object.fromEntries(edited);
}

/** `{...data, [key]: value}` also for a key such as "__proto__". */
function define(data: JsonObject, key: string, value: unknown): JsonObject {
  return Object.fromEntries([...Object.entries(data).filter(([other]) => other !== key), [key, value]]);
}

/** The three keys that the Python tool's commands write; others only where they say something. */
function flatEntry(config: RemoteConfig): JsonObject {
  const { url, backend, endpoint_url, region, auto_push, auto_pull } = config.toJSON();
  return {
    url, backend, endpoint_url,
    ...(region !== null && { region }), ...(auto_push && { auto_push }), ...(auto_pull && { auto_pull }),
  };
}
