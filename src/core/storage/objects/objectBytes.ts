import type { ObjectBody } from './objectStore';

/** The bytes of an object; undefined when it is longer than `max`, whatever size the server states. Reads no more than that. */
export async function objectBytes({ body }: ObjectBody, max: number): Promise<Buffer | undefined> {
  const blocks: Uint8Array[] = [];
  let length = 0;
  for await (const block of body) {
    length += block.byteLength;
    if (length > max) return undefined;
    blocks.push(block);
  }
  return Buffer.concat(blocks);
}

/** Its text, in the same way. */
export async function objectText(object: ObjectBody, max: number): Promise<string | undefined> {
  return (await objectBytes(object, max))?.toString('utf8');
}
