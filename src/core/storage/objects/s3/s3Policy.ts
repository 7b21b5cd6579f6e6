/** An S3 policy as its servers read it. */
export interface S3Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly {
    readonly Sid: string; readonly Effect: 'Allow'; readonly Action: readonly string[]; readonly Resource: readonly string[];
  }[];
}

/**
 * Listing, and Coral's own objects below the prefix. Listing is not confined to the prefix, since servers tell "no such object" from
 * "not allowed" only to those who may list the bucket.
 */
export function s3Policy(bucket: string, prefix: string): S3Policy {
  const resource = `arn:aws:s3:::${bucket}`;
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'CoralMayList', Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [resource] },
      {
        Sid: 'CoralMayReadAndWrite', Effect: 'Allow',
        Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], Resource: [`${resource}/${prefix}*`],
      },
    ],
  };
}
