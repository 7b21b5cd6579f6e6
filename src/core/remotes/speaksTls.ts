import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

const patienceMs = 3_000;

/**
 * Whether the server of a URL speaks TLS (true) or plain HTTP (false); undefined when that is unclear. Sends no credentials and
 * nothing that identifies anyone.
 */
export async function speaksTls(url: URL, signal?: AbortSignal): Promise<boolean | undefined> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  // Any certificate will do: only the protocol is in question.
  const isTls = await talk((settle) => {
    const isName = /[a-z]/i.test(host) && !host.includes(':');
    const socket = connectTls({ host, port, rejectUnauthorized: false, ...(isName ? { servername: host } : {}) });
    return socket.once('secureConnect', () => settle(true));
  }, signal);
  if (isTls === true) return true;
  const isHttp = await talk((settle) => {
    const socket = connectPlain({ host, port });
    return socket.once('connect', () => socket.write(`HEAD / HTTP/1.1\r\nHost: ${url.host}\r\nConnection: close\r\n\r\n`))
      .once('data', (block: Buffer) => settle(block.toString('latin1').startsWith('HTTP/1.')));
  }, signal);
  return isHttp === true ? false : undefined;
}

/** The answer that the exchange arrives at; undefined when it fails or takes too long. */
async function talk(begin: (settle: (answer: boolean) => void) => Socket, signal: AbortSignal | undefined): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    const socket = begin(end);
    function end(answer?: boolean): void {
      resolve(answer);
      signal?.removeEventListener('abort', giveUp);
      socket.destroy();
    }
    function giveUp(): void { end(); }
    socket.setTimeout(patienceMs, giveUp).on('error', giveUp).once('close', giveUp);
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp, { once: true });
  });
}
