import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { fixtureCopies, openRepository, until } from './coral';
import { rows } from './treeRows';

const count = 1000;
/** Six remotes are asked at once, each by a request a kind. */
const maxConnections = 6 * 8;

describe('a folder that names a thousand remotes', () => {
  const { copyOf } = fixtureCopies();
  let server: Server;
  const open = new Set<Socket>();
  let maxOpen = 0;

  beforeEach(async () => {
    // It takes every connection, and answers none.
    server = createServer((socket) => {
      open.add(socket);
      maxOpen = Math.max(maxOpen, open.size);
      socket.on('error', () => undefined).once('close', () => open.delete(socket));
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  });
  afterEach(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });

  it('shows all rows before any of them answers, and opens few connections', async function () {
    this.timeout(120_000);
    const { repository: root } = await copyOf('basic');
    const endpoint_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const names = Array.from({ length: count }, (_, index) => `remote-${String(index).padStart(4, '0')}`);
    const remotes = Object.fromEntries(names.map((name) => [name, { url: `s3://models/${name}/`, backend: 's3', endpoint_url }]));
    await writeFile(join(root, '.coral/remotes.json'), JSON.stringify({ remotes }));
    const repository = await openRepository(root);
    await until('the rows are shown', async () => {
      const shown = (await rows()).map(({ label }) => label);
      return names.every((name) => shown.includes(name));
    }, 10);
    await until('remotes are asked', () => maxOpen >= 6);
    // Until each that is asked has opened what it will.
    for (let before = 0; before < maxOpen && maxOpen <= maxConnections;) {
      before = maxOpen;
      await new Promise((resolve) => { setTimeout(resolve, 8_000); });
    }
    assert.ok(maxOpen <= maxConnections, `${maxOpen} connections at once`);
    assert.deepEqual(repository.remotes.filter(({ status, error }) => status ?? error), []);
    assert.ok(repository.remotes[0]?.isChecking, 'the first row is asked first');

    // Somebody who asks for one need not wait for the others.
    const before = open.size;
    void repository.remotes.at(-1)?.fetchStatus();
    await until('the last one is asked', () => open.size > before);
  });
});
