/** Small files of one kind, each named by its id, on either side. */
export interface RecordStore {
  /** Those whose names can be ids, sorted. Reading creates nothing. */
  list(signal?: AbortSignal): Promise<string[]>;
  /** undefined when absent; reason "corrupt" for one that is longer than any can be, or than its listing says */
  read(id: string, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Whether the last listing proves, without reading, that the record has exactly these bytes. */
  isKnownToBe(id: string, bytes: Uint8Array): boolean;
  /** Another text whenever the record has changed, by the last listing; only stores whose listings tell have this. */
  stampOf?(id: string): string | undefined;
  /** All or nothing, and durable; takes the place of what is there. */
  write(id: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void>;
  /**
   * Of the records written since the last call, the ids of those that are not there as they were written. Only stores that would
   * otherwise have to take a server's word have this.
   */
  unconfirmed?(signal?: AbortSignal): Promise<string[]>;
  /** for people: path or URL; ends in ID.json */
  pathOf(id: string): string;
}

/** The commit of a million weights has about 60 MB. A longer record is not read, nor sent to a bucket; in bytes. */
export const maxRecordBytes = 64 * 1024 * 1024;

/** 16 hex digits of a hash, in old repositories 8. */
export function isVersionId(text: string): boolean {
  return /^[0-9a-f]{8,64}$/.test(text);
}

/** A name that leads nowhere but to one file of a folder. */
export function isPlainName(text: string): boolean {
  return /^[^./\\\0][^/\\\0]*$/.test(text) && Buffer.byteLength(text) <= 250;
}
