import { accessKeys, type Backend } from '../../backend';
import { s3Policy } from './s3Policy';
import { findS3Credentials } from './findS3Credentials';

/** Amazon S3, and all servers that speak as it does. */
export const s3Backend: Backend = {
  name: 's3', kind: 'bucket', label: 'Amazon S3', icon: 'cloud', serverScheme: 'minio',
  offers: [
    {
      id: 's3', icon: 'cloud', label: 'Amazon S3', detail: 'A bucket at Amazon Web Services',
      location: { prompt: 'Bucket and folder in it', placeholder: 'my-bucket/models/' },
      asks: ['region'], variables: ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE'],
    },
    {
      id: 'minio', icon: 'server', label: 'S3-compatible server', detail: 'A bucket on MinIO, Ceph, Cloudflare R2, …',
      location: {
        prompt: 'Bucket and folder in it', placeholder: 'my-bucket/models/, or all at once: minio://host:9000/my-bucket/models/',
      },
      asks: ['endpoint'], variables: ['MINIO_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'],
    },
  ],
  region: {
    prompt: 'Region of the bucket; leave it empty for the one of your environment or AWS profile', placeholder: 'eu-central-1',
    pattern: /^[a-z0-9-]*$/, problem: 'A region looks like eu-central-1.',
  },
  endpoint: {
    prompt: 'Address of the server', placeholder: 'http://localhost:9000',
    pattern: /^https?:\/\/[^\s/@]+[^\s@]*$/, problem: 'An address looks like http://localhost:9000 or https://s3.example.com.',
    variables: ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'],
  },
  credentials: [
    { source: 'environment', icon: 'terminal', label: 'Environment', detail: 'or the default AWS profile, as for other tools' },
    { source: 'profile', icon: 'person', label: 'AWS profile', detail: 'A profile of your AWS configuration files' },
    accessKeys,
    { source: 'none', icon: 'globe', label: 'None', detail: 'A bucket that is open to all; mostly for reading only' },
  ],
  findCredentials: findS3Credentials,
  policy: s3Policy,
  open: async (...request) => (await import('./openS3')).openS3(...request),
};
