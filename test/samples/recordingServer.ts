import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordingServer {
  readonly endpoint: string;
  /** method and path of each request */
  readonly requests: string[];
  /** what each request is answered with: an empty bucket, or a refusal of the keys */
  refuses: boolean;
  close(): Promise<void>;
}

/** Stands for an S3 server whose buckets are all empty, and writes down what it is asked. */
export async function startRecordingServer(): Promise<RecordingServer> {
  const server = createServer((request, response) => {
    recording.requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    request.resume();
    const isList = request.url?.includes('list-type=2') === true;
    const [status, body]: [number, string] = recording.refuses ? [403, '<Error><Code>InvalidAccessKeyId</Code><Message>No such key.</Message></Error>']
      : isList ? [200, '<ListBucketResult><Name>models</Name><IsTruncated>false</IsTruncated></ListBucketResult>']
        : [404, '<Error><Code>NoSuchKey</Code><Message>Not there.</Message></Error>'];
    response.writeHead(status, { 'content-type': 'application/xml' }).end(request.method === 'HEAD' ? undefined : body);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const recording: RecordingServer = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    refuses: false,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
  return recording;
}
