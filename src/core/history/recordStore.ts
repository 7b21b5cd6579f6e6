/** Small files of one kind, each named by its id, on either side. */
export interface RecordStore {
  /** The ids found, sorted. Reading creates nothing. */
  list(signal?: AbortSignal): Promise<string[]>;
  /** undefined when absent; reason "corrupt" for one that is longer than any can be, or than its listing says */
  read(id: string, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Whether the last listing proves, without reading, that the record has exactly these bytes. */
  isKnownToBe(id: string, bytes: Uint8Array): boolean;
  /** Differs whenever the record has changed, by the last listing. Only stores whose listings tell have this. */
  stampOf?(id: string): string | undefined;
  /** Atomic and durable; replaces what is there. */
  write(id: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void>;
  /**
   * Of the records written since the last call, the ids of those that are not there as written. Only stores that cannot otherwise
   * be sure (a server may say "done" and be wrong) have this.
   */
  unconfirmed?(signal?: AbortSignal): Promise<string[]>;
  /** for people: path or URL; ends in ID.json */
  pathOf(id: string): string;
}

/** A commit of a million weights has about 60 MB. A longer record is neither read nor sent; in bytes. */
export const maxRecordBytes = 64 * 1024 * 1024;

/** 16 hex digits of a hash, in old repositories 8. */
export function isVersionId(text: string): boolean {
  return /^[0-9a-f]{8,64}$/.test(text);
}

/** A file name without path separators, not hidden, that is not too long. */
export function isPlainName(text: string): boolean {
  return /^[^./\\\0][^/\\\0]*$/.test(text) && Buffer.byteLength(text) <= 250;
}
