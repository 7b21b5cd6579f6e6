import { CoralError } from '../base/errors';

/** The first ones tell what has happened; each is a row in a view. */
const maxProblems = 100;

/** What is wrong with files of one kind: the first hundred problems, and how many more there are. */
export class ProblemList {
  readonly #what: string;
  readonly #first: CoralError[] = [];
  #more = 0;

  /** @param what the kind, for people: "branches" */
  constructor(what: string) {
    this.#what = what;
  }

  readonly add = (problem: CoralError): void => {
    if (this.#first.length < maxProblems) this.#first.push(problem);
    else this.#more += 1;
  };

  all(): CoralError[] {
    if (this.#more === 0) return this.#first;
    const rest = `There are ${this.#more} more problems with ${this.#what}. Run "Coral: Check Integrity..." to see them all.`;
    return [...this.#first, new CoralError('corrupt', rest)];
  }
}
