import { connect } from '../../src/core/storage/objects/connect';
import { startS3 } from '../servers/s3';
import { objectStoreConformance } from './objectStore.conformance';

objectStoreConformance('S3', 'S3 server (MinIO, Ceph or s3rver)', async () => {
  const server = await startS3();
  if (!server) return undefined;
  const { endpoint: endpointUrl, accessKeyId, secretAccessKey } = server;
  let count = 0;
  return {
    gaps: server.gaps,
    async open(kind) {
      const bucket = kind === 'empty' ? await server.newBucket() : `coral-none-${process.pid}-${Date.now()}-${count += 1}`;
      return connect({ backend: 's3', bucket, endpointUrl }, { credentials: { accessKeyId, secretAccessKey } });
    },
  };
});
