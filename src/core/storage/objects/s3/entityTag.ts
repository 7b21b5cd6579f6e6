import type { Checksum } from '../checksum';

/** What an answer tells of how the object is encrypted; a listing tells nothing of it. */
export interface Encryption {
  readonly ServerSideEncryption?: string | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
}

/**
 * The MD5 that an ETag holds. Encrypted with keys of KMS or of the customer, an object has a tag of the same form that is none: where
 * the answer says so, nothing is said; in a listing it merely agrees with nothing.
 */
export function checksumOf(tag: string, { ServerSideEncryption, SSECustomerAlgorithm }: Encryption = {}): Checksum {
  if (ServerSideEncryption?.startsWith('aws:kms') === true || SSECustomerAlgorithm !== undefined) return {};
  const bare = unquoted(tag).toLowerCase();
  if (/^[0-9a-f]{32}$/.test(bare)) return { md5: bare };
  return /^[0-9a-f]{32}-[1-9]\d*$/.test(bare) ? { partsMd5: bare } : {};
}

export function unquoted(tag: string): string {
  return tag.replace(/^"|"$/g, '');
}
