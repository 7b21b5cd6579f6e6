import { CoralError, type Reason } from './errors';
import { JsonProblem, readJson, type ToNumber } from './jsonReader';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text's JSON object, see `readJson`; an error of `reason` that names the file and the line otherwise. */
export function parseJsonObject(text: string, path: string, reason: Reason, toNumber?: ToNumber): JsonObject {
  const problem = (what: string, offset: number): CoralError => {
    const line = text.slice(0, offset).split('\n').length;
    return new CoralError(reason, `${path}, line ${line}: ${what}. Repair it or restore it from a copy.`, { path, line });
  };
  if (text.trim() === '') throw problem('the file is empty', 0);
  try {
    const value = readJson(text, toNumber);
    if (isObject(value)) return value;
  } catch (error) {
    throw error instanceof JsonProblem ? problem(error.message, error.offset) : error;
  }
  throw problem('a JSON object ({...}) is expected here', 0);
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

/** A number as it is written in a file: 1.0, NaN and 12345678901234567890 are not the same in JavaScript. */
export class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** For `parseJsonObject`, so that numbers are written as they were read. */
export const keepNumber = (text: string): NumberText => new NumberText(text);

/** `pythonJson` of what was read with `keepNumber`. */
export function sameNumbersJson(value: unknown, newline = '\n'): string {
  if (value instanceof NumberText) return value.text;
  const deeper = `${newline}  `;
  const within = (items: readonly string[]): string => (items.length === 0 ? '' : `${deeper}${items.join(`,${deeper}`)}${newline}`);
  if (Array.isArray(value)) return `[${within(value.map((item) => sameNumbersJson(item, deeper)))}]`;
  if (!isObject(value)) return pythonJson(value);
  return `{${within(Object.entries(value).map(([key, item]) => `${pythonJson(key)}: ${sameNumbersJson(item, deeper)}`))}}`;
}
