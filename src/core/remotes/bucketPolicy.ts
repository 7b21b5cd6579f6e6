import { CoralError } from '../errors';
import type { RemoteConfig } from './remoteConfig';

/** An S3 policy as its servers read it. */
export interface BucketPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly { readonly Sid: string; readonly Effect: 'Allow'; readonly Action: readonly string[]; readonly Resource: readonly string[] }[];
}

/**
 * The least that Coral needs of an S3 bucket, for whoever may give it: listing, and its own objects below the prefix. Listing is
 * not confined to the prefix, since servers tell "no such object" from "not allowed" only to those who may list the bucket. Reason
 * "unsupported" for a remote that is not in an S3 bucket.
 */
export function bucketPolicy(config: RemoteConfig): BucketPolicy {
  const { location } = config;
  if (location.kind !== 'bucket' || location.backend !== 's3') {
    throw new CoralError('unsupported', `Only remotes in an S3 bucket have such a policy; ${config.name} is at ${config.url}.`, { remote: config.name });
  }
  const bucket = `arn:aws:s3:::${location.bucket}`;
  // The last form is the shortest: it covers both meanings of a prefix without a slash.
  const prefix = location.prefixes.includes('') ? '' : location.prefixes.at(-1) ?? '';
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'CoralMayList', Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [bucket] },
      {
        Sid: 'CoralMayReadAndWrite', Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
        Resource: [`${bucket}/${prefix}*`],
      },
    ],
  };
}
