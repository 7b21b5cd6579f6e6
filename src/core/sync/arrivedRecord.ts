import type { RecordKind } from '../history/recordKinds';
import type { Recorded } from './rememberedRecords';

/** What a side holds once a record has arrived; the record it had, where that already says everything. */
export function arrivedRecord<T>(
  { merge, verify }: RecordKind<T>, id: string, record: Recorded<T>, there: Recorded<T> | undefined,
): Recorded<T> {
  if (there === undefined || merge === undefined) return record;
  if (Buffer.compare(there.bytes, record.bytes) === 0) return there;
  const bytes = merge(there.bytes, record.bytes);
  if (bytes === there.bytes) return there;
  return bytes === record.bytes ? record : { bytes, value: verify(bytes, id, id) };
}
