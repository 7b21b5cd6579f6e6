import { byteOrderMark } from './textEncoding';

/** Where a text stops being JSON. The message quotes nothing of it, which may hold a secret. */
export class JsonProblem extends Error {
  /** in UTF-16 units, from the beginning of the text */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Coral writes at most 4 levels. Recursion over what was read is at most this deep. */
export const maxDepth = 100;
/** A commit of a million weights has two million values. Each takes memory, however short its text. */
const maxValues = 3_000_000;

export type ToNumber = (text: string, offset: number) => unknown;

/**
 * The value of a JSON text, as Python reads and writes it: a number may be NaN, Infinity or -Infinity as well. A byte order mark
 * before it is skipped. Throws a JsonProblem. `toNumber` makes a value of the text of each number, which begins at `offset`.
 */
export function readJson(text: string, toNumber: ToNumber = Number): unknown {
  return new Reader(text, toNumber).read();
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|-?Infinity/y;
const word = /true|false|null/y;
const words: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };
const [quote, backslash, firstPrintable] = [0x22, 0x5c, 0x20];
const special = /[\\\u0000-\u001f]/;

class Reader {
  readonly #text: string;
  readonly #toNumber: ToNumber;
  #at = 0;
  #values = 0;

  constructor(text: string, toNumber: ToNumber) {
    this.#text = text;
    this.#toNumber = toNumber;
    if (text.startsWith(byteOrderMark)) this.#at = 1;
  }

  read(): unknown {
    const value = this.#value(maxDepth);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#problem('this is not JSON: something follows its end');
    return value;
  }

  #value(depth: number): unknown {
    this.#skipSpace();
    this.#values += 1;
    if (this.#values > maxValues) throw this.#problem(`it holds more than ${maxValues} values`);
    const next = this.#text.charAt(this.#at);
    if (next === '"') return this.#string();
    if ((next === '{' || next === '[') && depth === 0) throw this.#problem(`it is nested more than ${maxDepth} deep`);
    if (next === '{') return this.#object(depth - 1);
    if (next === '[') return this.#array(depth - 1);
    const found = this.#match(word);
    if (found !== undefined) return words[found];
    const digits = this.#match(number);
    if (digits === undefined) throw this.#problem('this is not JSON');
    return this.#toNumber(digits, this.#at - digits.length);
  }

  #object(depth: number): unknown {
    const object: Record<string, unknown> = {};
    this.#at += 1;
    if (this.#skip('}')) return object;
    do {
      this.#skipSpace();
      if (this.#text.charCodeAt(this.#at) !== quote) throw this.#problem('this is not JSON: a name in double quotes is expected');
      const key = this.#string();
      if (!this.#skip(':')) throw this.#problem('this is not JSON: a colon is expected');
      const value = this.#value(depth);
      if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
      else object[key] = value;
    } while (this.#skip(','));
    if (!this.#skip('}')) throw this.#problem('this is not JSON: a comma or } is expected');
    return object;
  }

  #array(depth: number): unknown {
    const array: unknown[] = [];
    this.#at += 1;
    if (this.#skip(']')) return array;
    do array.push(this.#value(depth)); while (this.#skip(','));
    if (!this.#skip(']')) throw this.#problem('this is not JSON: a comma or ] is expected');
    return array;
  }

  #string(): string {
    const start = this.#at + 1;
    const end = this.#text.indexOf('"', start);
    const plain = this.#text.slice(start, end);
    if (end === -1 || special.test(plain)) return this.#escapedString();
    this.#at = end + 1;
    return plain;
  }

  #escapedString(): string {
    const start = this.#at;
    let at = start + 1;
    for (let code = this.#text.charCodeAt(at); code !== quote; code = this.#text.charCodeAt(at)) {
      if (at >= this.#text.length || code < firstPrintable) {
        throw this.#problem('this is not JSON: a closing quote is missing', Math.min(at, this.#text.length));
      }
      at += code === backslash ? 2 : 1;
    }
    this.#at = at + 1;
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      throw this.#problem('this is not JSON: there is no such character behind a backslash', start);
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }

  /** Skips white space, then this character, if it is next; tells whether it was. */
  #skip(character: string): boolean {
    this.#skipSpace();
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at += 1;
    return true;
  }

  #skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at += 1;
  }

  #problem(message: string, offset = this.#at): JsonProblem {
    return new JsonProblem(message, offset);
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
