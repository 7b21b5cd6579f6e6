import { CoralError } from '../../../base/errors';

/** Whether the item exists and its blocks, which verify themselves, can be read to the end. Failures other than damage are thrown. */
export async function canBeRead(open: () => Promise<AsyncIterable<Uint8Array> | undefined>): Promise<boolean> {
  try {
    const found = await open();
    if (found === undefined) return false;
    for (const blocks = found[Symbol.asyncIterator](); (await blocks.next()).done !== true;);
    return true;
  } catch (error) {
    if (CoralError.means(error, 'cannot be read')) return false;
    throw error;
  }
}
