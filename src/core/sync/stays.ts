import { CoralError, type ErrorDetail, type Reason } from '../base/errors';

/** Something that stays behind, in two sentences: one for a preview, one for a result. Plain data. */
export interface Stay extends ErrorDetail {
  readonly reason: Reason;
  readonly will: string;
  readonly did: string;
  /** Not selected, or nobody's fault: a warning, not an error. */
  readonly isExpected: boolean;
}

/** The verb forms of both sentences. */
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

/** A message that reads the same before and after. */
export function stayOf({ reason, message, hash, path, line, conflict }: CoralError): Stay {
  return stay(reason, () => message, { hash, path, line, conflict });
}

/** The errors and warnings of a finished transfer. */
export function told(stays: readonly Stay[], remote: string): { readonly errors: CoralError[]; readonly warnings: string[] } {
  return {
    errors: stays.filter(({ isExpected }) => !isExpected).map(({ reason, did, hash, path, line, conflict }) => (
      new CoralError(reason, did, { remote, hash, path, line, conflict }))),
    warnings: stays.filter(({ isExpected }) => isExpected).map(({ did }) => did),
  };
}
