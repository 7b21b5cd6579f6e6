import { createServer } from 'node:net';

/** A port below the range from which outgoing connections take theirs, free for itself and the `more` ports after it. */
export async function freePort(more = 0): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = 20_000 + Math.floor(Math.random() * (12_000 - more));
    if (await isFree(port) && (more === 0 || await isFree(port + more))) return port;
  }
  throw new Error('no free port between 20000 and 32000');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
