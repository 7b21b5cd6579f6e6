const magics: readonly (readonly [string, string])[] = [
  ['PK\x03\x04', 'is a zip file'],
  ['PK\x05\x06', 'is an empty zip file'],
  ['\x1f\x8b', 'is gzip data'],
  ['\x04\x22\x4d\x18', 'is an lz4 frame'],
  ['\x28\xb5\x2f\xfd', 'is zstd data'],
  ['\x93NUMPY', 'is a bare npy array, without the zip file around it'],
  ['\x89HDF\r\n', 'is an HDF5 file'],
  ['\x80\x02', 'is a Python pickle'],
];

/** What bytes seem to be, after "it", for the person who meets them where something else should lie: "it is an HTML page". */
export function describeContent(start: Uint8Array): string {
  if (start.byteLength === 0) return 'it is empty';
  const text = Buffer.from(start.subarray(0, 512)).toString('latin1');
  const known = magics.find(([magic]) => text.startsWith(magic));
  if (known !== undefined) return `it ${known[1]}`;
  if (/^\s*<(!doctype html|html|head|body)/i.test(text)) return 'it is an HTML page, as a proxy or a login page sends it';
  if (/^\s*<\?xml|^\s*<Error>/i.test(text)) return 'it is an XML document, as a server sends it for an error';
  if (/^\s*[{[]\s*["{[\]}]/.test(text)) return 'it is JSON text';
  if (/^version https:\/\/git-lfs/.test(text)) return 'it is a Git LFS pointer';
  return `it is something else (it starts with the bytes ${Buffer.from(start.subarray(0, 8)).toString('hex')})`;
}
