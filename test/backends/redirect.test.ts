import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'mocha';
import { CoralError } from '../../src/core/base/errors';
import { Remote } from '../../src/core/sync/remote';
import { RemoteConfig } from '../../src/core/remotes/remoteConfig';

describe('a server that redirects', () => {
  const reached: IncomingMessage[] = [];
  let elsewhere: Server;
  let redirecting: Server;
  let status = 307;

  before(async () => {
    elsewhere = await listening(createServer((request, response) => {
      reached.push(request);
      response.writeHead(200).end();
    }));
    redirecting = await listening(createServer((request, response) => {
      response.writeHead(status, { location: `${addressOf(elsewhere)}${request.url}` }).end();
    }));
  });
  after(() => [elsewhere, redirecting].forEach((server) => server.close()));

  for (const code of [301, 302, 303, 307, 308]) {
    it(`with ${code} to another origin is not followed: no request, and so no key, gets there`, async () => {
      status = code;
      const config = RemoteConfig.fromUrl('origin', 's3://models/run/', { endpointUrl: addressOf(redirecting) });
      const credentials = { accessKeyId: 'canary-key', secretAccessKey: 'canary-secret' };
      await using remote = await Remote.fromConfig(config, { credentials });
      await assert.rejects(remote.listRemoteWeights(), (error: unknown) => CoralError.is(error) && !error.message.includes('canary-secret'));
      assert.equal(reached.length, 0);
    });
  }
});

async function listening(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return server;
}

const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
