import type { DeltaMetadata } from '../../../weights/delta';
import { damagedDelta } from '../../../weights/delta';
import { isShape } from '../../../weights/dtype';
import { isHash } from '../../../base/validate';
import { isObject } from '../../../base/json';
import { readJson } from '../../../base/jsonReader';

/** The member of a delta's npz file that says how its array is decoded; it lies before the array. */
export const deltaFileName = 'delta.json';

/** Python's metadata of a delta takes some hundred bytes. */
export const maxDeltaFileBytes = 1024 * 1024;

/** The attributes that the delta has in an HDF5 file, under the same names; `metadata` stays the text that Python wrote. */
export function deltaFileText(
  { deltaType, originalShape, originalDtype, referenceHash, compressionRatio, metadata }: DeltaMetadata,
): string {
  return JSON.stringify({
    delta_type: deltaType, original_shape: originalShape, original_dtype: originalDtype, reference_hash: referenceHash,
    // JSON has no NaN and no Infinity.
    compression_ratio: Number.isFinite(compressionRatio) ? compressionRatio : String(compressionRatio),
    metadata,
  });
}

/** Reason "corrupt" when anything is missing or of the wrong type. */
export function readDeltaFile(text: string, hash: string): DeltaMetadata {
  const json = parse(text, hash);
  const textAt = (key: string): string => {
    const value = json[key];
    if (typeof value !== 'string') throw damagedDelta(hash, `"${key}" in its ${deltaFileName} is no text`);
    return value;
  };
  const shape = json['original_shape'];
  if (!isShape(shape)) throw damagedDelta(hash, `"original_shape" in its ${deltaFileName} is not a list of lengths`);
  const referenceHash = textAt('reference_hash');
  if (!isHash(referenceHash)) throw damagedDelta(hash, `"reference_hash" in its ${deltaFileName} is not a hash`);
  return {
    hash, referenceHash, deltaType: textAt('delta_type'), originalShape: shape, originalDtype: textAt('original_dtype'),
    metadata: textAt('metadata'), compressionRatio: Number(json['compression_ratio'] ?? 0),
  };
}

function parse(text: string, hash: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = readJson(text);
    if (isObject(json)) return json;
  } catch {
    // said below
  }
  throw damagedDelta(hash, `its ${deltaFileName} is no JSON object`);
}
