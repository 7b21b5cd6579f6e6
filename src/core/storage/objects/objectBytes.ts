import type { ObjectBody } from './objectStore';

/** The bytes of an object; undefined when it is longer than `most`, whatever the server said its size is. No more than that is read. */
export async function objectBytes({ body }: ObjectBody, most: number): Promise<Buffer | undefined> {
  const blocks: Uint8Array[] = [];
  let length = 0;
  for await (const block of body) {
    length += block.byteLength;
    if (length > most) return undefined;
    blocks.push(block);
  }
  return Buffer.concat(blocks);
}

/** Its text, in the same way. */
export async function objectText(object: ObjectBody, most: number): Promise<string | undefined> {
  return (await objectBytes(object, most))?.toString('utf8');
}
