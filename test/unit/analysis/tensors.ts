import { writeFileSync } from 'node:fs';
import { before } from 'mocha';
import { join } from 'node:path';
import { Weight } from '../../../src/core/weights/weight';
import { missingPython, python } from '../storage/hdf5/python';
import { temporaryFolder } from '../support/fixtures';

/** Skips the suite where there is no numpy, and says so. */
export function needsNumpy(): void {
  before(function () {
    const missing = missingPython();
    if (missing === undefined) return;
    console.log(`      skipped: ${missing}`);
    this.skip();
  });
}

/** Runs a script that finds `data` as `given` and prints JSON. Numbers cross as text where they may be NaN or infinite. */
export async function numpy<T>(script: string, data: unknown): Promise<T> {
  const file = join(await temporaryFolder(), 'given.json');
  writeFileSync(file, JSON.stringify(data));
  return python<T>(`import json, sys, base64, numpy as np\nnp.seterr(all='ignore')\ngiven = json.load(open(sys.argv[1]))\n${script}`, file);
}

/** Little-endian bytes of numbers, in blocks of `blockBytes`, which may end in the middle of an element. */
export function weightOf(dtype: string, shape: readonly number[], bytes: Uint8Array, { blockBytes = 8 << 20, byteOrder = 'little' }: { blockBytes?: number; byteOrder?: 'little' | 'big' } = {}): Weight {
  const { metadata } = Weight.from({ name: 'w', shape, dtype }, bytes, byteOrder);
  return new Weight(metadata, byteOrder, async function* () {
    for (let at = 0; at < bytes.byteLength; at += blockBytes) yield bytes.subarray(at, at + blockBytes);
  });
}

export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The number that Python's repr stands for. */
export function number(text: string): number {
  return text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text);
}

/** Whether both are the same up to the error of summing in another order. */
export function isClose(one: number | undefined, other: number, scale = Math.abs(other)): boolean {
  return one === other || (one !== undefined && Math.abs(one - other) <= 1e-12 * Math.max(scale, Math.abs(other)));
}
