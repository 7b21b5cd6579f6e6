import { pipeline, type Readable, Transform } from 'node:stream';
import { NodeHttpHandler } from '@smithy/node-http-handler';

type Handle = NodeHttpHandler['handle'];
type Request = Parameters<Handle>[0];

const kibibyte = 1024;
/** A page of a listing names up to 1,000 keys of 1 KiB, which XML may make six times as long; no other answer comes near that. */
const maxAnswerBytes = 16 * kibibyte * kibibyte;
/** An error has a code, a sentence and an id. */
const maxErrorBytes = 64 * kibibyte;

/** What the SDK reports when an answer is longer than any such answer can be; see `s3Errors`. */
export const tooLong = 'AnswerTooLong';

/**
 * Reads no more of an answer than fits what was asked. The SDK holds every answer in memory but the content of an object, which
 * whoever reads it bounds. It serves the requests for temporary credentials as well.
 */
export class BoundedHandler extends NodeHttpHandler {
  override async handle(...[request, options]: Parameters<Handle>): ReturnType<Handle> {
    const answer = await super.handle(request, options);
    const limit = maxBytes(request, answer.response.statusCode);
    if (limit !== undefined) answer.response.body = bounded(answer.response.body as Readable, limit);
    return answer;
  }
}

function maxBytes({ query }: Request, status: number): number | undefined {
  if (status >= 300) return maxErrorBytes;
  return query['x-id'] === 'GetObject' ? undefined : maxAnswerBytes;
}

function bounded(body: Readable, limit: number): Readable {
  let length = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.byteLength;
      if (length > limit) done(Object.assign(new Error(`The answer has more than ${limit} bytes.`), { name: tooLong }));
      else done(null, chunk);
    },
  });
  // An error ends both, and with the body its connection; whoever reads learns of it from the counter.
  return pipeline(body, counter, () => undefined);
}
