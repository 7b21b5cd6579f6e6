/** Bob Jenkins' lookup3 (hashlittle, initial value 0): HDF5's checksum of metadata. */
export function lookup3(bytes: Buffer): number {
  const { length } = bytes;
  let a = (0xdeadbeef + length) | 0;
  let b = a;
  let c = a;
  let at = 0;
  for (; length - at > 12; at += 12) {
    a = (a + bytes.readInt32LE(at)) | 0;
    b = (b + bytes.readInt32LE(at + 4)) | 0;
    c = (c + bytes.readInt32LE(at + 8)) | 0;
    a = ((a - c) | 0) ^ rotate(c, 4); c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotate(a, 6); a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotate(b, 8); b = (b + a) | 0;
    a = ((a - c) | 0) ^ rotate(c, 16); c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotate(a, 19); a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotate(b, 4); b = (b + a) | 0;
  }
  if (at === length) return c >>> 0;
  const rest = Buffer.alloc(12);
  bytes.copy(rest, 0, at);
  a = (a + rest.readInt32LE(0)) | 0;
  b = (b + rest.readInt32LE(4)) | 0;
  c = (c + rest.readInt32LE(8)) | 0;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
}

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
