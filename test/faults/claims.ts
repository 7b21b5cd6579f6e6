import type { Claim } from './claim';
import { r1 } from './r1';

export const claims: readonly Claim[] = [r1];
