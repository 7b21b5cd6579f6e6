import { type RecordKind, type RecordKindName, recordKinds, type RecordValues } from '../history/recordKinds';
import type { Recorded } from './rememberedRecords';

/** What a side holds once a record has arrived there; the very one that it had, where that says all of it already. */
export function arrivedRecord<Name extends RecordKindName>(
  name: Name, id: string, record: Recorded<RecordValues[Name]>, there: Recorded<RecordValues[Name]> | undefined,
): Recorded<RecordValues[Name]> {
  const { merge, verify } = recordKinds[name] as RecordKind<RecordValues[Name]>;
  if (there === undefined || merge === undefined) return record;
  if (Buffer.compare(there.bytes, record.bytes) === 0) return there;
  const bytes = merge(there.bytes, record.bytes);
  if (bytes === there.bytes) return there;
  return bytes === record.bytes ? record : { bytes, value: verify(bytes, id, id) };
}
