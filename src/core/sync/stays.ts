import { CoralError, type ErrorDetail, type Reason } from '../errors';

/** Something that stays behind, in a sentence for before a transfer and in one for after it. Plain data. */
export interface Stay extends ErrorDetail {
  readonly reason: Reason;
  readonly will: string;
  readonly did: string;
  /** It was not asked for, or is nobody's fault: a warning, not an error. */
  readonly isExpected: boolean;
}

/** The verbs of either sentence. */
interface Tense {
  readonly was: string;
  readonly wasNot: string;
  readonly wereNot: string;
}

const before: Tense = { was: 'will be', wasNot: 'will not be', wereNot: 'will not be' };
const after: Tense = { was: 'was', wasNot: 'was not', wereNot: 'were not' };

type Details = Partial<Pick<Stay, 'isExpected' | keyof ErrorDetail>>;

export function stay(reason: Reason, says: (tense: Tense) => string, more: Details = {}): Stay {
  return { reason, isExpected: false, ...more, will: says(before), did: says(after) };
}

/** What is so now, and will be so then. */
export function stayOf({ reason, message, hash, path, line, conflict }: CoralError): Stay {
  return stay(reason, () => message, { hash, path, line, conflict });
}

/** As errors and warnings of a transfer that has ended. */
export function told(stays: readonly Stay[], remote: string): { readonly errors: CoralError[]; readonly warnings: string[] } {
  return {
    errors: stays.filter(({ isExpected }) => !isExpected).map(({ reason, did, hash, path, line, conflict }) => (
      new CoralError(reason, did, { remote, hash, path, line, conflict }))),
    warnings: stays.filter(({ isExpected }) => isExpected).map(({ did }) => did),
  };
}
