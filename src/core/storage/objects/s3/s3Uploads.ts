import {
  AbortMultipartUploadCommand, ListMultipartUploadsCommand, ListPartsCommand, type MultipartUpload, type S3Client,
} from '@aws-sdk/client-s3';

interface Place { readonly client: S3Client; readonly bucket: string }

export interface CutOff {
  readonly id: string;
  /** tags of the parts that the server holds, by number */
  readonly parts: ReadonlyMap<number, string>;
}

/** Options of a request that ends with this signal. */
export const request = (signal: AbortSignal | undefined): { abortSignal?: AbortSignal } => (signal ? { abortSignal: signal } : {});

/**
 * The latest upload of this very key that was begun and not ended, by a process that was killed or is at it. Throws what the SDK
 * throws.
 */
export async function cutOffUpload({ client, bucket }: Place, key: string, signal?: AbortSignal): Promise<CutOff | undefined> {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key }), request(signal));
  const [latest] = Uploads.filter(({ Key }) => Key === key).sort((a, b) => initiated(b) - initiated(a));
  if (latest?.UploadId === undefined) return undefined;
  return { id: latest.UploadId, parts: (await partsOf({ client, bucket }, key, latest.UploadId, signal)).tags };
}

/**
 * Has the server forget uploads below `prefix` of which nothing has come since `before`, in ms; those that cannot be told are left alone.
 */
export async function forgetUploads({ client, bucket }: Place, prefix: string, before: number, signal?: AbortSignal): Promise<void> {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }), request(signal));
  for (const upload of Uploads) {
    const { Key, UploadId } = upload;
    if (Key === undefined || UploadId === undefined || initiated(upload) >= before) continue;
    const { latest } = await partsOf({ client, bucket }, Key, UploadId, signal);
    if (latest < before) await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }), request(signal));
  }
}

async function partsOf(
  { client, bucket }: Place, Key: string, UploadId: string, signal: AbortSignal | undefined,
): Promise<{ tags: Map<number, string>; latest: number }> {
  const tags = new Map<number, string>();
  let latest = 0;
  let marker: string | undefined;
  do {
    const page = await client.send(new ListPartsCommand({ Bucket: bucket, Key, UploadId, PartNumberMarker: marker }), request(signal));
    for (const { PartNumber, ETag, LastModified } of page.Parts ?? []) {
      if (PartNumber !== undefined && ETag !== undefined) tags.set(PartNumber, ETag);
      latest = Math.max(latest, LastModified?.getTime() ?? Infinity);
    }
    marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
  } while (marker !== undefined);
  return { tags, latest };
}

const initiated = ({ Initiated }: MultipartUpload): number => Initiated?.getTime() ?? Infinity;
