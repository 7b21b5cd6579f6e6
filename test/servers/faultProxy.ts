import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault =
  /** cuts the connection before anything is forwarded */
  | { readonly kind: 'reset' }
  /** forwards the request, then cuts the connection instead of answering */
  | { readonly kind: 'lose-answer' }
  /** forwards the request, and sends nothing more after so many bytes of the answer's body (-1: no answer at all) */
  | { readonly kind: 'stall'; readonly afterBytes: number }
  /** cuts the connection after so many bytes of the answer's body */
  | { readonly kind: 'truncate'; readonly afterBytes: number }
  /** turns one byte of the answer's body round */
  | { readonly kind: 'flip'; readonly atByte: number }
  /** tells that the first bytes of the request's body have come, or that the answer has, before they go on */
  | { readonly kind: 'tell'; readonly when: 'body' | 'answer'; readonly tell: () => void }
  | { readonly kind: 'answer'; readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

export interface LoggedRequest { readonly method: string; readonly path: string; readonly headers: IncomingMessage['headers']; readonly traffic: Traffic }

/** What went over the wire for a request so far. */
export interface Traffic {
  /** bytes of its body that have come */
  received: number;
  /** of the answer, once there is one */
  status?: number;
}

export interface FaultProxy {
  readonly endpoint: string;
  readonly log: LoggedRequest[];
  /** most requests that were under way at once */
  maxConcurrency: number;
  /** Decides over each request; no fault when it returns undefined. */
  fault: (request: LoggedRequest, index: number) => Fault | undefined;
  close(): Promise<void>;
}

/** A server in front of another that does to its requests what networks do. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  let underWay = 0;
  const server = createServer((incoming, outgoing) => {
    underWay += 1;
    proxy.maxConcurrency = Math.max(proxy.maxConcurrency, underWay);
    outgoing.once('close', () => { underWay -= 1; });
    const logged = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers, traffic: { received: 0 } };
    incoming.on('data', (chunk: Buffer) => { logged.traffic.received += chunk.length; });
    incoming.pause();
    proxy.log.push(logged);
    handle(incoming, outgoing, target, proxy.fault(logged, proxy.log.length - 1), logged.traffic);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const proxy: FaultProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log: [],
    maxConcurrency: 0,
    fault: () => undefined,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
  return proxy;
}

function handle(incoming: IncomingMessage, outgoing: ServerResponse, target: string, fault: Fault | undefined, traffic: Traffic): void {
  if (fault?.kind === 'reset') return void incoming.socket.resetAndDestroy();
  if (fault?.kind === 'answer') {
    incoming.resume().once('end', () => outgoing.writeHead(fault.status, fault.headers).end(fault.body));
    return;
  }
  const { hostname, port } = new URL(target);
  // As a forward proxy it is asked for whole URLs, which it takes to the same target.
  const path = (incoming.url ?? '').replace(/^http:\/\/[^/]*/, '');
  const forwarded = request({ hostname, port, method: incoming.method, path, headers: incoming.headers }, (answer) => {
    if (fault?.kind === 'tell') fault.tell();
    traffic.status = answer.statusCode ?? 0;
    if (fault?.kind === 'lose-answer') return void answer.resume().once('end', () => incoming.socket.resetAndDestroy());
    if (fault?.kind === 'stall' && fault.afterBytes < 0) return void answer.resume();
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    outgoing.flushHeaders();
    let sent = 0;
    answer.on('data', (chunk: Buffer) => {
      const start = sent;
      sent += chunk.length;
      if (fault?.kind === 'flip' && fault.atByte >= start && fault.atByte < sent) chunk[fault.atByte - start]! ^= 0xff;
      if ((fault?.kind === 'stall' || fault?.kind === 'truncate') && sent >= fault.afterBytes) {
        outgoing.write(chunk.subarray(0, Math.max(0, fault.afterBytes - start)), () => {
          if (fault.kind === 'truncate') incoming.socket.destroy();
        });
        answer.destroy();
        return;
      }
      if (!outgoing.write(chunk)) {
        answer.pause();
        outgoing.once('drain', () => answer.resume());
      }
    });
    answer.once('end', () => outgoing.end());
    answer.once('error', () => undefined);
  });
  forwarded.once('error', () => incoming.socket.destroy());
  outgoing.once('close', () => forwarded.destroy());
  if (fault?.kind === 'tell' && fault.when === 'body') incoming.once('data', fault.tell);
  incoming.pipe(forwarded);
}
