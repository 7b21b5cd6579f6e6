import type { Claim } from './claim';
import { r1 } from './r1';
import { r2 } from './r2';
import { r3 } from './r3';
import { r4 } from './r4';
import { r5 } from './r5';
import { r6 } from './r6';
import { r7 } from './r7';
import { r7python } from './r7python';
import { r8 } from './r8';
import { r9 } from './r9';
import { r10 } from './r10';
import { r11 } from './r11';
import { r12 } from './r12';
import { r13 } from './r13';

export const claims: readonly Claim[] = [r1, r2, r3, r4, r5, r6, r7, r7python, r8, r9, r10, r11, r12, r13];
