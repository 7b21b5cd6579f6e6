import { connect } from '../../src/core/storage/objects/connect';
import { ObjectWeightStore } from '../../src/core/storage/objects/objectWeightStore';
import { startS3 } from '../servers/s3';
import { weightStoreConformance } from './weightStore.conformance';

weightStoreConformance('ObjectWeightStore on S3', 'S3 server (MinIO, Ceph or s3rver)', async () => {
  const server = await startS3();
  if (!server) return undefined;
  const { endpoint: endpointUrl, accessKeyId, secretAccessKey } = server;
  return async () => {
    const bucket = await server.newBucket();
    return {
      open: async () => new ObjectWeightStore(
        await connect({ backend: 's3', bucket, endpointUrl }, { credentials: { accessKeyId, secretAccessKey } }), 'models/llm/', { name: 'origin' },
      ),
      remove: () => Promise.resolve(),
    };
  };
});
