const period = 60_000;

/** What of many lines goes into the log. Knows neither vscode nor a clock. */
export class LogBudget {
  readonly #maxCharacters: number;
  #last = '';
  #repeats = 0;
  #periodEnd = 0;
  #characters = 0;
  #leftOut = 0;

  /** @param maxCharacters in a minute */
  constructor(maxCharacters = 4_000_000) {
    this.#maxCharacters = maxCharacters;
  }

  /** What is to be written now that there is `line`: a line that repeats itself is counted, and a flood ends. @param now milliseconds */
  take(line: string, now: number): string[] {
    if (line === this.#last) {
      this.#repeats += 1;
      return [];
    }
    const told = [...this.#repeated(), ...this.#newPeriod(now)];
    this.#last = line;
    this.#characters += line.length;
    if (this.#characters <= this.#maxCharacters) return [...told, line];
    this.#leftOut += 1;
    return this.#leftOut === 1 ? [...told, 'There is too much to log: for the rest of this minute it is left out.'] : told;
  }

  #repeated(): string[] {
    const times = this.#repeats;
    this.#repeats = 0;
    if (times === 0 || this.#leftOut > 0) return [];
    return [`The same again, ${times === 1 ? 'once' : `${times.toLocaleString('en-US')} times`}.`];
  }

  #newPeriod(now: number): string[] {
    if (now < this.#periodEnd) return [];
    const leftOut = this.#leftOut;
    [this.#periodEnd, this.#characters, this.#leftOut] = [now + period, 0, 0];
    return leftOut === 0 ? [] : [`${leftOut.toLocaleString('en-US')} entries were left out.`];
  }
}
