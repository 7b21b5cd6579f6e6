import { CoralError } from './errors';

/** What PowerShell and Notepad put at the beginning of a file, as a character of its text. */
export const byteOrderMark = '\ufeff';

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** The text of a file, whose byte order mark, if it has one, tells UTF-16 from UTF-8. The mark stays, as the first character. */
export function decodeText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const encoding = encodingOf(buffer);
  if (encoding === 'utf-8') return buffer.toString('utf8');
  const even = buffer.subarray(0, buffer.byteLength - buffer.byteLength % 2);
  return (encoding === 'utf-16le' ? even : Buffer.from(even).swap16()).toString('utf16le');
}

/** The bytes of a text, in the encoding of `former`, which it replaces. */
export function encodeText(text: string, former: Uint8Array | undefined): Buffer {
  const encoding = former === undefined ? 'utf-8' : encodingOf(former);
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8');
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
}

/**
 * Rejects bytes that decoding and encoding does not give back (Latin-1, say): writing the file anew would change even what nobody
 * edited. Reason "invalid".
 * @param where the file, for people
 */
export function refuseOtherEncoding(bytes: Uint8Array, where: string): void {
  const again = encodeText(decodeText(bytes), bytes);
  if (again.equals(bytes)) return;
  const differs = bytes.findIndex((byte, at) => byte !== again[at]);
  const line = decodeText(bytes.subarray(0, differs < 0 ? bytes.length : differs)).split(/\r\n|\r|\n/).length;
  throw new CoralError(
    'invalid', `${where}, line ${line}: this is not UTF-8 text, so nothing was changed. `
    + 'Save the file as UTF-8 and try again.', { path: where, line });
}

function encodingOf([first, second]: Uint8Array): Encoding {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
