import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HostileServer {
  readonly endpoint: string;
  /** what it says next, as the code and the message of an error */
  says: { readonly code: string; readonly message: string };
  close(): Promise<void>;
}

/** Stands for an S3 server that refuses everything, in words of a stranger's. */
export async function startHostileServer(says: HostileServer['says']): Promise<HostileServer> {
  const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\u001b', '&#27;');
  const server = createServer((request, response) => {
    request.resume();
    const { code, message } = hostile.says;
    const body = `<Error><Code>${escaped(code)}</Code><Message>${escaped(message)}</Message></Error>`;
    response.writeHead(400, { 'content-type': 'application/xml' }).end(request.method === 'HEAD' ? undefined : body);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const hostile: HostileServer = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    says,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
  return hostile;
}
