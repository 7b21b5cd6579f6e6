import type { Weight, WeightMetadata } from '../../src/core/weights/weight';
import type { Core } from './core';

export type SampleDtype = 'float32' | 'float16' | 'int8';

export interface SampleTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: SampleDtype;
  readonly layerType?: string;
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A weight with values around 0 as a trained layer has them (standard deviation 0.02); int8 uses the whole range. */
export function sampleWeight(core: Core, tensor: SampleTensor, random: () => number): Weight {
  const values = normals(tensor.shape.reduce((product, length) => product * length, 1), random);
  const metadata: Pick<WeightMetadata, 'name' | 'shape' | 'dtype'> & Partial<WeightMetadata> = {
    ...tensor, modelName: 'sample-encoder',
  };
  return core.Weight.from(metadata, encode(values, tensor.dtype));
}

function normals(count: number, random: () => number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 1) {
    values[i] = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) * 0.02;
  }
  return values;
}

function encode(values: Float32Array, dtype: SampleDtype): Uint8Array {
  if (dtype === 'float32') return bytesOf(values);
  if (dtype === 'int8') return bytesOf(Int8Array.from(values, (value) => Math.max(-128, Math.min(127, Math.round(value * 2000)))));
  return bytesOf(Uint16Array.from(values, halfBits));
}

const bytesOf = (array: ArrayBufferView): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

const scratch = new DataView(new ArrayBuffer(4));

/** Bits of the nearest smaller float16 in magnitude; enough for sample values, which are small and never NaN. */
function halfBits(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const exponent = ((bits >>> 23) & 0xff) - 112;
  const sign = (bits >>> 16) & 0x8000;
  return exponent <= 0 ? sign : sign | (exponent << 10) | ((bits >>> 13) & 0x3ff);
}
