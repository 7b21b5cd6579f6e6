import type { Consent } from '../../src/worker/protocol/status';

/** Leaves out what was agreed to, as a program may that has written remotes.json itself: nothing is compared then. */
export const unchecked = { agreed: undefined as unknown as Consent };
