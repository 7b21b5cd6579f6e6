import { CoralError } from '../../../errors';

/** Whether something is there and its blocks, which check themselves, can be read to their end. Other failures than damage are thrown. */
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
