import { connect } from '../../src/core/storage/objects/connect';
import { ObjectWeightStore } from '../../src/core/storage/objects/weights/objectWeightStore';
import { startS3 } from '../servers/s3';
import { deltaStoreConformance } from './deltaStore.conformance';
import { type StorePlace, weightStoreConformance } from './weightStore.conformance';

const start = async (): Promise<(() => Promise<StorePlace<ObjectWeightStore>>) | undefined> => {
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
};

weightStoreConformance('ObjectWeightStore on S3', 'S3 server (MinIO, Ceph or s3rver)', start);
deltaStoreConformance('ObjectWeightStore on S3', 'S3 server (MinIO, Ceph or s3rver)', start);
