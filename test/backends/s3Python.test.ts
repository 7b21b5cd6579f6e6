import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { before, describe, it } from 'mocha';
import { connect } from '../../src/core/storage/objects/connect';
import { ObjectWeightStore } from '../../src/core/storage/objects/weights/objectWeightStore';
import { Weight } from '../../src/core/weights/weight';
import { python } from '../python/python.mjs';
import { startS3, type TestS3 } from '../servers/s3';
import { bytesOf, random } from './weightStore.conformance';

/** Reads each weight as the Python tool does, and prints what it found. */
const reader = `
import gzip, hashlib, io, json, sys
import boto3, numpy
ask = json.load(sys.stdin)
s3 = boto3.client("s3", endpoint_url=ask["endpoint"], region_name="us-east-1", aws_access_key_id=ask["accessKeyId"], aws_secret_access_key=ask["secretAccessKey"])
found = {}
for item in s3.list_objects_v2(Bucket=ask["bucket"], Prefix="models/weights/")["Contents"]:
    name = item["Key"].split("/")[-1][:-4]
    answer = s3.get_object(Bucket=ask["bucket"], Key=item["Key"])
    body = answer["Body"].read()
    if answer["Metadata"].get("compression", "none") == "gzip":
        body = gzip.decompress(body)
    array = numpy.load(io.BytesIO(body))["data"]
    said = json.loads(s3.get_object(Bucket=ask["bucket"], Key="models/metadata/" + name + ".json")["Body"].read())
    found[name] = {"said": said, "shape": list(array.shape), "dtype": array.dtype.name, "str": array.dtype.str, "sha256": hashlib.sha256(array.tobytes()).hexdigest()}
print(json.dumps(found))
`;

describe('weights that Python reads from S3', function () {
  this.timeout(60_000);
  let server: TestS3;

  before(async function () {
    const started = await startS3();
    const missing = started ? spawnSync(python, ['-c', 'import boto3, numpy']).status !== 0 && 'python3 with boto3 and numpy' : 'S3 server (MinIO, Ceph or s3rver)';
    if (!started || missing) {
      console.log(`    skipped: no ${missing || 'S3 server'}`);
      this.skip();
    }
    server = started;
  });

  for (const compression of ['none', 'gzip', 'auto'] as const) {
    it(`written with compression "${compression}": same bytes, dtype, shape and metadata`, async () => {
      const bucket = await server.newBucket();
      const objects = await connect({ backend: 's3', bucket, endpointUrl: server.endpoint }, { credentials: { ...server } });
      const store = new ObjectWeightStore(objects, 'models/', { compression });
      const weights = await Promise.all([
        ...['bool', 'int8', 'int64', 'uint16', 'float16', 'float32', 'float64', 'complex64', 'complex128', 'float128'].map((dtype) => random(dtype, dtype, [3, 2])),
        random('big', 'float32', [4], 'big'), random('ünï 重', 'float32', [0, 3]), random('scalar', 'float64', []), random('large', 'float32', [5_000_000]),
        Promise.resolve(Weight.from({ name: 'zeros', dtype: 'float32', shape: [300_000], layerType: 'Linear', modelName: 'bert' }, new Uint8Array(1_200_000))),
      ]);
      await Promise.all(weights.map((weight) => store.write(weight)));
      objects.close();
      const { status, stdout, stderr } = spawnSync(python, ['-c', reader], { input: JSON.stringify({ ...server, bucket }), encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      const found = JSON.parse(stdout) as Record<string, { said: Record<string, unknown>; shape: number[]; dtype: string; str: string; sha256: string }>;
      assert.equal(Object.keys(found).length, weights.length);
      for (const weight of weights) {
        const { name, shape, dtype, hash, layerType = null, modelName = null } = weight.metadata;
        const seen = found[hash];
        assert.deepEqual(seen?.said, { name, shape, dtype, layer_type: layerType, model_name: modelName, compression_info: {}, hash });
        assert.deepEqual([seen.shape, seen.dtype], [shape, dtype]);
        if (name === 'big') assert.equal(seen.str, '>f4');
        assert.equal(seen.sha256, createHash('sha256').update(await bytesOf(weight)).digest('hex'), name);
      }
    });
  }
});
