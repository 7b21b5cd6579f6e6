import { CoralError } from '../base/errors';
import { isObject, type JsonObject, parseJsonObject, pythonJson } from '../base/json';
import { withJsonValue } from '../base/jsonEdits';

/** Branch or tag name to commit hash. */
export type Refs = Readonly<Record<string, string>>;

/** Where a remote keeps its refs.json. */
export interface RefsStore {
  /** for people: the path or URL of refs.json */
  readonly location: string;
  /** The text; undefined when there is none. */
  read(signal?: AbortSignal): Promise<string | undefined>;
  /**
   * Replaces the text by the result of `edit`, which is called again with the new text whenever somebody else was quicker.
   * undefined from `edit` means that nothing has to change.
   */
  update(edit: (text: string | undefined) => string | undefined, signal?: AbortSignal): Promise<void>;
}

/** The refs of a refs.json; reason "corrupt" when it is damaged. */
export function parseRefs(text: string | undefined, location: string): Refs {
  return text === undefined ? {} : refsOf(parseJsonObject(text, location, 'corrupt'), location);
}

/**
 * The text with these refs set, other refs and unknown keys kept as written; undefined when nothing would change. A damaged text
 * is refused with reason "corrupt" rather than overwritten.
 */
export function mergeRefs(text: string | undefined, refs: Refs, location: string): string | undefined {
  if (text === undefined) return pythonJson({ refs });
  const data = parseJsonObject(text, location, 'corrupt');
  const current = refsOf(data, location);
  const changed = Object.entries(refs).filter(([name, hash]) => !Object.hasOwn(current, name) || current[name] !== hash);
  if (changed.length === 0) return undefined;
  if (!isObject(data['refs'])) return withJsonValue(text, [], 'refs', refs);
  return changed.reduce((edited, [name, hash]) => withJsonValue(edited, ['refs'], name, hash), text);
}

/** The commit that a branch is at; undefined when there is no such branch, or no commit on it yet. */
export function refAt(refs: Refs, name: string): string | undefined {
  return (Object.hasOwn(refs, name) && refs[name]) || undefined;
}

function refsOf(data: JsonObject, location: string): Refs {
  const refs = data['refs'] ?? {};
  if (isObject(refs) && Object.values(refs).every((hash) => typeof hash === 'string')) return refs as Refs;
  throw new CoralError(
    'corrupt', `${location}: "refs" must map branch names to commit hashes. Repair it or remove it.`, { path: location });
}
