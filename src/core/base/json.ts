import { CoralError, type Reason } from '../errors';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text's JSON object; an error of `reason` that names the file and the line otherwise. */
export function parseJsonObject(text: string, path: string, reason: Reason): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const line = lineOfSyntaxError(text, error);
    // What the parser says quotes the text, which may hold a secret.
    const what = text.trim() === '' ? 'the file is empty' : 'this is not JSON';
    throw new CoralError(reason, `${path}, line ${line}: ${what}. Repair it or restore it from a copy.`, { path, line });
  }
  if (isObject(value)) return value;
  throw new CoralError(reason, `${path}, line 1: a JSON object ({...}) is expected here. Repair it or restore it from a copy.`, { path, line: 1 });
}

/** From 1. The parser often gives a position; else it is the first line after which the text cannot become JSON any more. */
function lineOfSyntaxError(text: string, error: unknown): number {
  const position = positionOf(error);
  if (position !== undefined) return text.slice(0, position).split('\n').length;
  const lines = text.split('\n');
  let good = 0;
  for (let bad = lines.length; bad - good > 1;) {
    const middle = Math.floor((good + bad) / 2);
    if (mayGoOn(lines.slice(0, middle).join('\n'))) good = middle;
    else bad = middle;
  }
  return good + 1;
}

/** Whether the text could be the beginning of JSON. */
function mayGoOn(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    return (positionOf(error) ?? 0) >= text.length || /end of JSON/.test((error as Error).message);
  }
}

function positionOf(error: unknown): number | undefined {
  const position = /at position (\d+)/.exec((error as Error).message)?.[1];
  return position === undefined ? undefined : Number(position);
}

const beyondAscii = /[\u007f-\uffff]/;
const eachBeyondAscii = /[\u007f-\uffff]/g;

/** JSON as Python's json module writes it with indent=2: only ASCII, no newline at the end. */
export function pythonJson(value: unknown): string {
  const json = JSON.stringify(value, null, 2);
  // Names and hashes are mostly ASCII, and a commit has thousands of them.
  return beyondAscii.test(json) ? json.replace(eachBeyondAscii, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`) : json;
}

/** The same on one line, as Python writes it by default: '{"a": [1, 2]}'. */
export function pythonJsonLine(value: unknown): string {
  return pythonJson(value).replace(/,\n */g, ', ').replace(/\n */g, '');
}
