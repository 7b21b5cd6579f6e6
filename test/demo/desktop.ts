import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Opens `folder` with the extension in a window with settings of its own, and waits until it is closed. */
export async function openDesktop(command: string, folder: string, env: Readonly<Record<string, string>>): Promise<void> {
  const user = await mkdtemp(join(tmpdir(), 'coral-demo-user-'));
  const args = ['--new-window', '--wait', '--skip-welcome', '--disable-workspace-trust', `--user-data-dir=${user}`, `--extensionDevelopmentPath=${resolve('.')}`];
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  try {
    const child = spawn(command, [...args, ...asRoot, folder], { stdio: 'inherit', env: { ...process.env, ...env } });
    await new Promise<void>((done, fail) => {
      child.once('error', fail);
      child.once('exit', () => done());
    });
  } finally {
    await rm(user, { recursive: true, force: true });
  }
}
