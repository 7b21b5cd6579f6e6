import { CoralError } from '../base/errors';
import { editFile, refuseLink } from '../base/files';
import { isObject, type JsonObject, parseJsonObject } from '../base/json';
import { type JsonPath, withJsonKey, withJsonValue, withoutJsonKey } from '../base/jsonEdits';
import { jsonTree, keyLines, propertyOf } from '../base/jsonTree';
import { RemoteConfig } from './remoteConfig';

/**
 * How remotes.json holds its remotes: below a "remotes" key, as documented, or at the top, as the Python tool's commands do.
 * A file may hold both.
 */
export type RemotesFileShape = 'nested' | 'flat';

/** A thousand remotes have a quarter of a megabyte. */
export const maxRemotesBytes = 8 * 1024 * 1024;

/** The content of a remotes.json. An unusable remote is reported in `problems` and does not hide the others. */
export interface RemotesContent {
  /** all names, also of remotes with problems */
  readonly names: readonly string[];
  readonly configs: ReadonlyMap<string, RemoteConfig>;
  readonly problems: readonly CoralError[];
}

/** Parses the text of the file; undefined, no file, holds no remotes. Reason "invalid" when it is no JSON object. */
export function parseRemotes(text: string | undefined, path: string): RemotesContent {
  if (text === undefined) return { names: [], configs: new Map(), problems: [] };
  const data = parseJsonObject(text, path, 'invalid');
  const names = new Set<string>();
  const configs = new Map<string, RemoteConfig>();
  const problems: Problem[] = [];
  for (const [name, entry, shape] of entriesOf(data)) {
    const problem = (what: string): void => { problems.push({ name, shape, what }); };
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
  return { names: [...names], configs, problems: problems.length === 0 ? [] : withLines(problems, text, path) };
}

/** Nested entries first, then flat ones; a flat remote may itself be called "remotes". Other values at the top level are ignored. */
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
    yield `the remote "${name}" holds its keys in the file, where everyone who reads it can see them; run "Coral: Move Keys to Secret Storage..."`;
  }
  if (shape === 'nested' && entry['name'] !== name) {
    yield `the remote "${name}" lacks "name": ${JSON.stringify(name)}, without which the Python tool cannot read the file`;
  }
}

interface Problem { readonly name: string; readonly shape: RemotesFileShape; readonly what: string }

function withLines(problems: readonly Problem[], text: string, path: string): CoralError[] {
  const root = jsonTree(text);
  const nested = propertyOf(root, 'remotes')?.value;
  const lines = { flat: keyLines(text, root), nested: nested && keyLines(text, nested) };
  return problems.map(({ name, shape, what }) => {
    const line = lines[shape]?.get(name) ?? 1;
    return new CoralError('invalid', `${path}, line ${line}: ${what}.`, { path, line, remote: name });
  });
}

/** Changes the text, which is undefined when there is no file; returning undefined leaves the file alone. */
export type RemotesEdit = (text: string | undefined, content: RemotesContent) => string | undefined;

/** Changes the file atomically. An edit that somebody else makes meanwhile is not lost: ours is applied to theirs. */
export async function editRemotesFile(path: string, edit: RemotesEdit): Promise<void> {
  await refuseLink(path);
  await editFile(path, (text) => edit(text, parseRemotes(text, path)), { maxBytes: maxRemotesBytes });
}

const emptyFile: Readonly<Record<RemotesFileShape, string>> = { nested: '{\n  "remotes": {}\n}', flat: '{}' };

/** Adds a remote in the shape that the file has; `shape` decides for a new file. */
export function withRemote(text: string | undefined, config: RemoteConfig, shape: RemotesFileShape): string {
  const found = text ?? emptyFile[shape];
  const data = readObject(found);
  if (nestedPart(data) !== undefined) return withJsonValue(found, ['remotes'], config.name, config.toJSON());
  refuseOtherKey(data, config.name);
  return withJsonValue(found, [], config.name, flatEntry(config));
}

export function withoutRemote(text: string, name: string): string {
  return placesOf(readObject(text), name).reduce((left, { path }) => withoutJsonKey(left, path, name), text);
}

/** Renames a remote in place, keeping everything in its entry. */
export function withRenamedRemote(text: string, from: string, to: string): string {
  const data = readObject(text);
  if (!Object.hasOwn(nestedPart(data) ?? {}, from)) refuseOtherKey(data, to);
  return placesOf(data, from).reduce((left, { path, entry }) => {
    const named = isObject(entry) && Object.hasOwn(entry, 'name') ? withJsonValue(left, [...path, from], 'name', to) : left;
    return withJsonKey(named, path, from, to);
  }, text);
}

/** The fields of a remote that can be edited. null removes one. */
export interface RemoteChanges {
  readonly url?: string | undefined;
  readonly region?: string | null | undefined;
  readonly endpointUrl?: string | null | undefined;
  readonly autoPush?: boolean | undefined;
  readonly autoPull?: boolean | undefined;
}

/** Updates a remote's entry in place, keeping everything that `config` does not cover; no key is added for an empty field. */
export function withEditedRemote(text: string, config: RemoteConfig): string {
  const { url, backend, region, endpoint_url, auto_push, auto_pull } = config.toJSON();
  const [place] = placesOf(readObject(text), config.name);
  if (place === undefined || !isObject(place.entry)) return text;
  const { path, entry } = place;
  return Object.entries({ url, backend, region, endpoint_url, auto_push, auto_pull }).reduce((left, [key, value]) => {
    const saysNothing = value === null || value === false;
    const isSame = Object.hasOwn(entry, key) ? entry[key] === value || (entry[key] === '' && value === null) : saysNothing;
    return isSame ? left : withJsonValue(left, [...path, config.name], key, value);
  }, text);
}

/** The text with the access keys removed from a remote's entry. */
export function withoutKeys(text: string, name: string): string {
  const [place] = placesOf(readObject(text), name);
  if (place === undefined) return text;
  return ['access_key', 'secret_key'].reduce((left, key) => withoutJsonKey(left, [...place.path, name], key), text);
}

interface Place { readonly path: JsonPath; readonly entry: unknown }

/** The entries of a remote: of two, the nested one comes first and is in use. */
function placesOf(data: JsonObject, name: string): Place[] {
  const nested = nestedPart(data);
  const flat = Object.hasOwn(data, name) ? data[name] : undefined;
  return [
    ...(nested !== undefined && Object.hasOwn(nested, name) ? [{ path: ['remotes'], entry: nested[name] }] : []),
    ...(isObject(flat) && flat !== nested ? [{ path: [], entry: flat }] : []),
  ];
}

const readObject = (text: string): JsonObject => parseJsonObject(text, 'remotes.json', 'invalid');

/** A flat remote must not replace another value at the top level, least of all the "remotes" of the nested shape. */
function refuseOtherKey(data: JsonObject, name: string): void {
  if (!Object.hasOwn(data, name)) return;
  throw new CoralError(
    'invalid', `remotes.json holds something else under "${name}". Choose another name for the remote.`, { remote: name });
}

/** The three keys that the Python tool's commands write; other keys only when they have a value. */
function flatEntry(config: RemoteConfig): JsonObject {
  const { url, backend, endpoint_url, region, auto_push, auto_pull } = config.toJSON();
  return {
    url, backend, endpoint_url,
    ...(region !== null && { region }), ...(auto_push && { auto_push }), ...(auto_pull && { auto_pull }),
  };
}
