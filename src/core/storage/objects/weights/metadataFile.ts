import { isObject } from '../../../base/json';
import { readJson } from '../../../base/jsonReader';
import { isDType, isShape } from '../../../weights/dtype';
import { unnamed } from '../../../weights/storedName';
import type { WeightMetadata } from '../../../weights/weight';

/** A metadata object is far smaller; a longer one is not read. */
export const maxMetadataBytes = 256 * 1024;

/** What a metadata object says; what it leaves out, the array itself tells. */
export interface MetadataFile extends Omit<WeightMetadata, 'shape' | 'dtype' | 'hash'> {
  readonly shape: readonly number[] | undefined;
  readonly dtype: string | undefined;
}

export const noMetadata: MetadataFile = { name: unnamed, shape: undefined, dtype: undefined, compressionInfo: {} };

/** Exactly these keys: the Python CLI stops at any other. */
export function metadataText({ name, shape, dtype, layerType, modelName, compressionInfo, hash }: WeightMetadata): string {
  return JSON.stringify({
    name, shape, dtype, layer_type: layerType ?? null, model_name: modelName ?? null, compression_info: compressionInfo, hash,
  });
}

/**
 * Reads a metadata object. Anything wrong with it (no JSON, no object, another weight's hash, a value of the wrong type) counts
 * as absent: the weight itself is intact, and its hash is verified when it is read.
 */
export function readMetadata(text: string, hash: string): MetadataFile {
  const json = parse(text);
  if (!isObject(json)) return noMetadata;
  const { name, shape, dtype, layer_type, model_name, compression_info, hash: saidHash } = json;
  if (typeof saidHash === 'string' && saidHash !== hash) return noMetadata;
  return {
    name: typeof name === 'string' ? name : unnamed,
    shape: isShape(shape) ? shape : undefined,
    dtype: typeof dtype === 'string' && isDType(dtype) ? dtype : undefined,
    layerType: optionalText(layer_type),
    modelName: optionalText(model_name),
    compressionInfo: isObject(compression_info) ? compression_info : {},
  };
}

const metadataKeys: ReadonlySet<string> = new Set(['name', 'shape', 'dtype', 'layer_type', 'model_name', 'compression_info', 'hash']);

/**
 * What is wrong with a metadata object, as a part of a sentence: what it says that the array does not bear out, or what the Python CLI
 * stops at.
 */
export function metadataProblem(
  text: string, { hash, shape, dtype }: Pick<WeightMetadata, 'hash' | 'shape' | 'dtype'>,
): string | undefined {
  const json = parse(text);
  if (!isObject(json)) return 'it is no JSON object';
  if (Object.keys(json).length === 0) return 'it says nothing';
  const { name, shape: saidShape, dtype: saidDtype, hash: saidHash, compression_info } = json;
  const strange = Object.keys(json).find((key) => !metadataKeys.has(key));
  if (typeof name !== 'string') return 'it gives no name';
  if (saidHash !== undefined && saidHash !== null && saidHash !== hash) return `it says that the hash is ${JSON.stringify(saidHash)}`;
  if (!isShape(saidShape) || saidShape.join() !== shape.join()) {
    return `it says that the shape is ${JSON.stringify(saidShape)}, but it is [${shape.join(', ')}]`;
  }
  if (saidDtype !== dtype) return `it says that the dtype is ${JSON.stringify(saidDtype)}, but it is ${dtype}`;
  if (compression_info !== undefined && compression_info !== null && !isObject(compression_info)) {
    return 'its "compression_info" is no object';
  }
  if (strange !== undefined) return `it has the key ${JSON.stringify(strange)}, at which the Python tool stops`;
  return text.startsWith('\uFEFF') ? 'it starts with a byte order mark, at which the Python tool stops' : undefined;
}

function parse(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
