import { byteLengthOf } from '../weights/dtype';
import type { WeightStore } from './weightStore';

/** Bytes of a weight's tensor, by its metadata; undefined when that cannot be read. */
export async function tensorBytes(store: WeightStore, hash: string, signal?: AbortSignal): Promise<number | undefined> {
  try {
    const metadata = await store.metadata(hash, signal);
    return metadata && byteLengthOf(metadata.shape, metadata.dtype);
  } catch {
    return undefined;
  }
}
