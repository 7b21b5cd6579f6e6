import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttp } from 'node:http';
import { createServer as createTls } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoralError } from '../../../src/core/base/errors';
import { testAccess } from '../../../src/core/sync/testAccess';
import { probeWrite } from '../../../src/core/remotes/bucketRemote';
import { RemoteConfig } from '../../../src/core/remotes/remoteConfig';
import { asNobody } from '../../samples/nobody';
import { copyFixture, missingFolder, temporaryFolder } from '../support/fixtures';
import { MemoryObjects } from '../support/memoryObjects';

const folderAccess = (folder: string): ReturnType<typeof testAccess> => testAccess(RemoteConfig.fromUrl('origin', `file://${folder}`));

describe('testAccess', () => {
  it('a folder with weights: counts them, and leaves nothing behind', async () => {
    const folder = join(await copyFixture('basic'), 'remote');
    const before = await readdir(folder);
    assert.deepEqual(await folderAccess(folder), { exists: true, canRead: true, canWrite: true, weights: 4 });
    assert.deepEqual(await readdir(folder), before);
  });

  it('a folder that is not there: could be made, and is not', async () => {
    const folder = join(await missingFolder(), 'below');
    assert.deepEqual(await folderAccess(folder), { exists: false, canRead: true, canWrite: true, weights: 0 });
    await assert.rejects(readdir(folder), { code: 'ENOENT' });
  });

  it('a file in the place of the folder', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    const { canWrite, error } = await folderAccess(file);
    assert.deepEqual([canWrite, error?.reason], [false, 'invalid']);
  });

  it('a folder that may only be read, as the user nobody sees it', async function () {
    if (process.getuid?.() !== 0) {
      this.test!.title += ' (skipped: only root can become another user)';
      return this.skip();
    }
    const home = await mkdtemp(join(tmpdir(), 'coral-nobody-'));
    try {
      await chmod(home, 0o755);
      await mkdir(join(home, 'remote'), { mode: 0o755 });
      const stdout = asNobody(`const { testAccess, RemoteConfig } = core;
        const all = await Promise.all(['remote', 'missing'].map((name) => testAccess(RemoteConfig.fromUrl('o', 'file://' + args[0] + '/' + name))));
        console.log(JSON.stringify(all.map((seen) => ({ ...seen, error: seen.error.toJSON() }))));`, home);
      const seen = JSON.parse(stdout) as { canRead: boolean; canWrite: boolean; exists: boolean; error: { reason: string; message: string } }[];
      assert.deepEqual(seen.map(({ exists, canRead, canWrite, error }) => [exists, canRead, canWrite, error.reason, error.message]), [
        [true, true, false, 'denied', `You may not write to ${home}/remote. Check its permissions.`],
        [false, true, false, 'denied', `You may not write to ${home}/missing. Check its permissions.`],
      ]);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });

  for (const [spoken, written] of [['http', 'https'], ['https', 'http']] as const) {
    it(`${written}:// where the server speaks ${spoken}: says so`, async () => {
      const server = spoken === 'http' ? createHttp((_, answer) => answer.writeHead(404).end()) : createTls(selfSigned(), (_, answer) => answer.writeHead(404).end());
      const port = await listen(server);
      try {
        const endpointUrl = `${written}://127.0.0.1:${port}`;
        const config = RemoteConfig.fromUrl('origin', 's3://models/a/', { endpointUrl });
        const seen = await testAccess(config, { credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
        assert.equal(seen.otherEndpoint, `${spoken}://127.0.0.1:${port}`, seen.error?.message);
        assert.deepEqual([seen.canRead, seen.canWrite], [false, false]);
      } finally {
        server.close();
      }
    });
  }

  it('a server that is not there: no other way to write it helps', async () => {
    const config = RemoteConfig.fromUrl('origin', 's3://models/a/', { endpointUrl: 'http://127.0.0.1:9' });
    const { error, otherEndpoint } = await testAccess(config, { credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
    assert.deepEqual([error?.reason, otherEndpoint], ['network', undefined]);
  });

  it('rejects when cancelled', async () => {
    const config = RemoteConfig.fromUrl('origin', 's3://models/a/', { endpointUrl: 'http://127.0.0.1:9' });
    const options = { credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, signal: AbortSignal.abort() };
    await assert.rejects(testAccess(config, options), (error: unknown) => CoralError.is(error, 'cancelled'));
  });
});

describe('probeWrite', () => {
  const objects = (): MemoryObjects => new MemoryObjects({ ifAbsent: true, ifMatch: 'quoted' }, true, 's3://models');

  it('leaves nothing in a bucket', async () => {
    const bucket = objects();
    const keys: string[] = [];
    bucket.beforePut = (key) => { keys.push(key); };
    await probeWrite(bucket, 'a/', undefined);
    assert.match(keys.join(), /^a\/\.coral-write-test-[0-9a-f-]{36}$/);
    assert.equal(bucket.objects.size, 0);
  });

  it('tells that one may read only, or not delete', async () => {
    const bucket = objects();
    bucket.delete = () => Promise.reject(new CoralError('denied', 'No.'));
    await assert.rejects(probeWrite(bucket, 'a/', undefined), /^CoralError: You may write to s3:\/\/models\/a\/ but not delete from it, so that a\/\.coral-write-test/);
    bucket.beforePut = () => { throw new CoralError('denied', 'No.'); };
    await assert.rejects(probeWrite(bucket, 'a/', undefined), /^CoralError: You may read s3:\/\/models\/a\/ but not write to it/);
  });

  it('leaves other failures as they are', async () => {
    const bucket = objects();
    bucket.beforePut = () => { throw new CoralError('full', 'Full.'); };
    await assert.rejects(probeWrite(bucket, '', undefined), (error: unknown) => CoralError.is(error, 'full'));
  });
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  return (server.address() as AddressInfo).port;
}

/** A certificate that nobody trusts. */
function selfSigned(): { key: string; cert: string } {
  const pem = execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', '-'], {
    encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'],
  });
  return { key: pem, cert: pem };
}
