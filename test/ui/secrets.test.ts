import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { copyOf, inWorkbench, s3Server, session } from './shared';

const canary = 'canary-9d41c7e2';

describe('secrets', () => {
  it('that are typed in come into no log, state or file on disk', async function () {
    const server = await s3Server();
    if (!server) return this.skip();
    const copy = await copyOf('basic');
    const remotes = { cloud: { name: 'cloud', url: `s3://${await server.newBucket()}/x/`, backend: 's3', endpoint_url: server.endpoint } };
    await writeFile(join(copy.repository, '.coral/remotes.json'), JSON.stringify({ remotes }));
    await inWorkbench('secrets', copy.repository, async (workbench) => {
      await workbench.runCommand('Coral: Set Credentials...');
      for (const part of ['id', 'secret', 'token']) await workbench.answer(`${canary}-${part}`);
      await workbench.row(/cloud.*no access/).waitFor();
      await workbench.runCommand('Coral: Push');
      await workbench.toast(/refused|denied/i).waitFor();
    });
    const { dir } = (await session()).server;
    const files = [...await filesBelow(dir), ...await filesBelow(copy.folder)];
    assert.ok(files.some((file) => /Coral\.log$/.test(file)), `no log of Coral among ${files.length} files`);
    const leaks: string[] = [];
    for (const file of files) {
      const content = await readFile(file).catch(() => Buffer.alloc(0)); // one that came and went
      if (content.includes(`${canary}-secret`) || content.includes(`${canary}-token`)) leaks.push(file);
    }
    assert.deepEqual(leaks, []);
  });
});

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
