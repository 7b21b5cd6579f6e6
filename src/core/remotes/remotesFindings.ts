import { type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { CoralError } from '../base/errors';
import { JsonProblem } from '../base/jsonReader';
import { jsonTree, type Node, propertiesOf, propertyOf } from '../base/jsonTree';
import { checkRemoteName } from '../base/validate';
import { RemoteConfig } from './remoteConfig';
import { backendNamed, backendNames, backendOf, backends, backendWithServer } from '../storage/backends';
import { checkEndpoint, parseRemoteUrl, withFinalSlash } from './remoteUrl';
import { capitalized } from '../../text/format';

export interface TextEdit { readonly offset: number; readonly length: number; readonly text: string }
/** A fix for a finding, with the title of its button. */
interface Fix { readonly title: string; readonly edits: readonly TextEdit[] }

/** A problem in the text of a remotes.json that a JSON schema cannot express, or that should show without opening the file. */
export interface RemotesFinding {
  /** any JSON editor reports "syntax" and "repeated" as well */
  readonly code: 'syntax' | 'repeated' | 'duplicate' | 'name' | 'secret' | 'slash' | 'backend' | 'url';
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  /** in UTF-16 units, from the beginning of the text */
  readonly offset: number;
  readonly length: number;
  /** the remote concerned */
  readonly remote?: string | undefined;
  readonly fixes: readonly Fix[];
}

interface Entry { readonly name: string; readonly key: Node; readonly value: Node; readonly shape: 'nested' | 'flat' }

/** Inspects a text that may be half written; reads no file, asks no server, and never shows a secret. */
export function inspectRemotes(text: string): RemotesFinding[] {
  try {
    const root = jsonTree(text);
    if (root.type !== 'object') return [finding('syntax', 'error', root, 'A JSON object ({...}) is expected here.')];
    const entries = entriesOf(root);
    return [...entries.flatMap((entry) => inspectEntry(entry)), ...repetitions(entries)];
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    return [brokenAt(text, error)];
  }
}

const expected: Readonly<Record<string, string>> = {
  PropertyNameExpected: 'A name in double quotes is expected here.',
  ValueExpected: 'A value is expected here.',
  ColonExpected: 'A colon is expected here.',
  CommaExpected: 'A comma is expected here.',
  CloseBraceExpected: 'A closing } is missing.',
  CloseBracketExpected: 'A closing ] is missing.',
  EndOfFileExpected: 'The file should end here.',
  InvalidCommentToken: 'Comments are not allowed here: the Python tool could not read the file.',
  UnexpectedEndOfString: 'A closing quote is missing.',
};

/** What follows may be nested deeper than this parser can go. */
const shownBehind = 200;

function brokenAt(text: string, problem: JsonProblem): RemotesFinding {
  const errors: ParseError[] = [];
  parseTree(text.slice(0, problem.offset + shownBehind), errors, { disallowComments: true });
  const here = { error: undefined, offset: problem.offset, length: 1 };
  const { error, offset, length } = errors.find((found) => found.offset <= problem.offset) ?? here;
  const inWords = `${capitalized(problem.message)}.`;
  const told = error === undefined ? inWords : expected[printParseErrorCode(error)];
  return { code: 'syntax', severity: 'error', message: told ?? 'This is not JSON.', offset, length, fixes: [] };
}

/** The entries as `parseRemotes` sees them: below "remotes", and the objects at the top level. */
function entriesOf(root: Node): Entry[] {
  const nested = valueOf(root, 'remotes');
  const isNested = nested?.type === 'object' && valueOf(nested, 'url')?.type !== 'string';
  const flat = propertiesOf(root).filter(({ value }) => value.type === 'object' && !(isNested && value === nested));
  return [
    ...(isNested ? propertiesOf(nested) : []).map((property) => ({ ...property, shape: 'nested' as const })),
    ...flat.map((property) => ({ ...property, shape: 'flat' as const })),
  ];
}

function valueOf(object: Node, name: string): Node | undefined {
  return propertyOf(object, name)?.value;
}

function textOf(object: Node, name: string): { node: Node; text: string } | undefined {
  const node = valueOf(object, name);
  return node?.type === 'string' && node.value !== '' ? { node, text: String(node.value) } : undefined;
}

function inspectEntry(entry: Entry): RemotesFinding[] {
  if (entry.value.type !== 'object') return []; // the schema reports that
  return [...inspectName(entry), ...inspectUrl(entry), ...inspectKeys(entry)].map((found) => ({ ...found, remote: entry.name }));
}

function inspectName({ name, key, value, shape }: Entry): RemotesFinding[] {
  const problem = problemOf(() => checkRemoteName(name));
  if (problem !== undefined) return [finding('name', 'error', key, problem)];
  const own = valueOf(value, 'name');
  if (shape === 'flat' || own === undefined || own.value === name) return [];
  const message = `The name of this remote is ${JSON.stringify(name)}, by the key that it stands under.`;
  return [finding('name', 'warning', own, message, [replacing(own, name)])];
}

function inspectUrl({ value }: Entry): RemotesFinding[] {
  const endpoint = textOf(value, 'endpoint_url');
  const endpointProblem = endpoint && problemOf(() => checkEndpoint(endpoint.text));
  const found = endpoint && endpointProblem !== undefined ? [finding('url', 'error', endpoint.node, endpointProblem)] : [];
  const url = textOf(value, 'url');
  if (!url) return found;
  if (backendWithServer(url.text) !== undefined) return [...found, inspectServerUrl(value, url)];
  const scheme = backendOf(url.text)?.name;
  const given = textOf(value, 'backend');
  if (given && backendNamed(given.text) === undefined) {
    const choices = scheme === undefined ? backends.map(({ name }) => name) : [scheme];
    const text = `${JSON.stringify(given.text)} is not one of the backends ${backendNames()}.`;
    return [...found, finding('backend', 'error', given.node, text, choices.map((choice) => replacing(given.node, choice)))];
  }
  if (given && scheme && scheme !== given.text) {
    const text = `The url of this remote begins with ${scheme}://, which is no ${given.text} backend.`;
    return [...found, finding('backend', 'error', given.node, text, [replacing(given.node, scheme)])];
  }
  const problem = problemOf(() => parseRemoteUrl(url.text, given?.text ?? scheme ?? 's3'));
  if (problem !== undefined) return [...found, finding('url', 'error', url.node, problem)];
  return [...found, ...inspectSlash(url.node, url.text)];
}

/** The file should hold what adding such a remote would write. */
function inspectServerUrl(entry: Node, { node, text }: { node: Node; text: string }): RemotesFinding {
  try {
    const config = RemoteConfig.fromUrl('remote', text, { endpointUrl: textOf(entry, 'endpoint_url')?.text });
    const endpoint = valueOf(entry, 'endpoint_url');
    const [url, server] = [withFinalSlash(config.url), config.endpointUrl ?? ''];
    const rest = node.offset + node.length;
    const added = { offset: rest, length: 0, text: `, "endpoint_url": ${JSON.stringify(server)}` };
    const edits = [editOf(node, url), endpoint ? editOf(endpoint, server) : added];
    const scheme = backendWithServer(text)?.serverScheme ?? '';
    const message = `Coral takes ${scheme}:// only where a remote is added. In this file, a bucket on such a server has `
      + `an ${config.backend}:// url and an endpoint_url.`;
    return finding('url', 'error', node, message, [{ title: `Change it to ${JSON.stringify(url)} at ${server}`, edits }]);
  } catch (error) {
    return finding('url', 'error', node, CoralError.from(error).message);
  }
}

function inspectSlash(node: Node, url: string): RemotesFinding[] {
  const fixed = withFinalSlash(url);
  if (fixed === url) return [];
  const prefix = url.replace(/^[^:]+:\/\/[^/]*\//, '');
  const message = `Without a slash at its end this url means "${prefix}/weights/..." to Coral for VS Code `
    + `and "${prefix}weights/..." to the commands of Coral 1.1.0. With one it means the former to both.`;
  const edits = [{ offset: node.offset + node.length - 1, length: 0, text: '/' }];
  return [finding('slash', 'information', node, message, [{ title: 'Add the slash', edits }])];
}

function inspectKeys({ value }: Entry): RemotesFinding[] {
  return ['access_key', 'secret_key'].flatMap((key) => {
    const secret = textOf(value, key);
    const message = `"${key}" can be seen by everyone who can read this file, and travels with its copies.`;
    return secret ? [finding('secret', 'warning', secret.node.parent, message)] : [];
  });
}

function repetitions(entries: readonly Entry[]): RemotesFinding[] {
  return entries.flatMap(({ name, key, shape }, index) => {
    const earlier = entries.slice(0, index).find((other) => other.name === name);
    if (!earlier) return [];
    return earlier.shape === shape
      ? [finding('repeated', 'warning', key, `The remote ${JSON.stringify(name)} is here twice; the last one counts.`)]
      : [finding('duplicate', 'warning', key, `There is a remote ${JSON.stringify(name)} below "remotes" as well; that one is used.`)];
  });
}

function finding(
  code: RemotesFinding['code'], severity: RemotesFinding['severity'], at: Node | undefined, message: string, fixes: readonly Fix[] = [],
): RemotesFinding {
  return { code, severity, message, offset: at?.offset ?? 0, length: at?.length ?? 0, fixes };
}

function replacing(node: Node, text: string): Fix {
  return { title: `Change it to ${JSON.stringify(text)}`, edits: [editOf(node, text)] };
}

function editOf({ offset, length }: Node, text: string): TextEdit {
  return { offset, length, text: JSON.stringify(text) };
}

function problemOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return CoralError.from(error).message;
  }
}
