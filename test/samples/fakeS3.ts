import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeRequest {
  readonly method: string;
  /** "LIST" for a listing of objects, else the method */
  readonly kind: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly response: ServerResponse;
}

export interface FakeS3 {
  readonly endpoint: string;
  /** what the bucket "bucket" holds */
  readonly objects: Map<string, Buffer>;
  readonly log: FakeRequest[];
  /** the tag of an object; its MD5 at first */
  tags: (bytes: Uint8Array) => string;
  /** Sees each request first, and answers it itself where it returns true. */
  intercept: (request: FakeRequest) => boolean;
  close(): Promise<void>;
}

export const fakeKeys = { accessKeyId: 'FAKEKEY', secretAccessKey: 'fakesecret' };
export const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

/**
 * One bucket in memory on 127.0.0.1, for servers that do what no real one can be told to do. It checks no signature and knows no
 * uploads in parts.
 */
export async function startFakeS3(): Promise<FakeS3> {
  const server = createServer((incoming, response) => {
    const blocks: Buffer[] = [];
    incoming.on('error', () => undefined).on('data', (block: Buffer) => blocks.push(block)).once('end', () => {
      const request = requestOf(incoming, Buffer.concat(blocks), response);
      fake.log.push(request);
      response.on('error', () => undefined);
      if (!fake.intercept(request)) answer(request, fake);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const fake: FakeS3 = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects: new Map(),
    log: [],
    tags: md5,
    intercept: () => false,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
  return fake;
}

function requestOf(incoming: IncomingMessage, body: Buffer, response: ServerResponse): FakeRequest {
  const { pathname, searchParams: query } = new URL(incoming.url ?? '', 'http://server');
  const key = pathname.split('/').slice(2).map(decodeURIComponent).join('/');
  const method = incoming.method ?? '';
  return { method, kind: method === 'GET' && key === '' ? 'LIST' : method, key, query, headers: incoming.headers, body, response };
}

function answer({ kind, key, query, headers, body, response }: FakeRequest, { objects, tags }: FakeS3): void {
  const object = objects.get(key);
  if (kind === 'LIST') return sendXml(response, 200, page(objects, query, tags));
  if (kind === 'PUT') {
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
    const holds = ifNoneMatch === '*' ? object === undefined : ifMatch === undefined || (object !== undefined && ifMatch === `"${tags(object)}"`);
    if (!holds) return sendXml(response, 412, '<Error><Code>PreconditionFailed</Code></Error>');
    objects.set(key, body);
    return void response.writeHead(200, { etag: `"${tags(body)}"` }).end();
  }
  if (kind === 'DELETE') {
    objects.delete(key);
    return void response.writeHead(204).end();
  }
  if (kind === 'POST') {
    for (const [, name = ''] of body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)) objects.delete(name);
    return sendXml(response, 200, '<DeleteResult/>');
  }
  if (object === undefined) return kind === 'HEAD' ? void response.writeHead(404).end() : sendXml(response, 404, '<Error><Code>NoSuchKey</Code></Error>');
  sendObject({ kind, headers, response }, object, tags(object));
}

function sendObject({ kind, headers, response }: Pick<FakeRequest, 'kind' | 'headers' | 'response'>, object: Buffer, tag: string): void {
  const [, from, to] = /bytes=(\d+)-(\d+)/.exec(headers.range ?? '') ?? [];
  const start = Number(from ?? 0);
  const bytes = object.subarray(start, to === undefined ? undefined : Number(to) + 1);
  if (from !== undefined && bytes.byteLength === 0) return sendXml(response, 416, '<Error><Code>InvalidRange</Code></Error>');
  response.writeHead(from === undefined ? 200 : 206, {
    etag: `"${tag}"`, 'content-length': bytes.byteLength, 'last-modified': new Date().toUTCString(),
    ...(from === undefined ? {} : { 'content-range': `bytes ${start}-${start + bytes.byteLength - 1}/${object.byteLength}` }),
  });
  response.end(kind === 'HEAD' ? undefined : bytes);
}

function page(objects: ReadonlyMap<string, Buffer>, query: URLSearchParams, tags: FakeS3['tags']): string {
  const after = query.get('continuation-token') ?? '';
  const found = [...objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after).sort();
  const keys = found.slice(0, 1000);
  return listingXml(keys.map((key) => [key, objects.get(key) ?? Buffer.of()]), found.length > keys.length ? keys.at(-1) : undefined, tags);
}

/** A page of a listing; one with a token says that more follows. */
export function listingXml(entries: readonly (readonly [string, Buffer])[], token?: string, tags: FakeS3['tags'] = md5): string {
  const rows = entries.map(([key, bytes]) => (
    `<Contents><Key>${key}</Key><LastModified>${new Date().toISOString()}</LastModified><ETag>&quot;${tags(bytes)}&quot;</ETag><Size>${bytes.byteLength}</Size></Contents>`));
  const next = token === undefined ? '' : `<NextContinuationToken>${token}</NextContinuationToken>`;
  return `<ListBucketResult><Name>bucket</Name><IsTruncated>${token !== undefined}</IsTruncated>${next}${rows.join('')}</ListBucketResult>`;
}

export function sendXml(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?>${xml}`);
}

/** Sends the same bytes as fast as they are taken, until the other side hangs up. */
export function sendForEver(response: ServerResponse, chunk: Buffer): void {
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}
