import { connect } from '../../src/core/storage/objects/connect';
import { startS3 } from '../servers/s3';
import { backendConformance, type BackendRow, type BackendServer } from './backend.conformance';

/** A row a backend. */
const rows: readonly BackendRow[] = [{ name: 'S3', missing: 'S3 server (MinIO, Ceph or s3rver)', start: s3 }];
for (const row of rows) backendConformance(row);

async function s3(): Promise<BackendServer | undefined> {
  const server = await startS3();
  if (!server) return undefined;
  const { gaps, endpoint: endpointUrl, accessKeyId, secretAccessKey } = server;
  return {
    gaps,
    newBucket: () => server.newBucket(),
    connect: (bucket) => connect({ backend: 's3', bucket, endpointUrl }, { credentials: { accessKeyId, secretAccessKey } }),
  };
}
