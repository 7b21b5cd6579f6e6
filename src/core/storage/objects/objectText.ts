import type { ObjectBody } from './objectStore';

/** The text of an object; undefined when it is longer than `most` bytes, whatever the server said its size is. No more than that is read. */
export async function objectText({ body }: ObjectBody, most: number): Promise<string | undefined> {
  const blocks: Uint8Array[] = [];
  let length = 0;
  for await (const block of body) {
    length += block.byteLength;
    if (length > most) return undefined;
    blocks.push(block);
  }
  return Buffer.concat(blocks).toString('utf8');
}
