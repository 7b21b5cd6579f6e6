import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The command that starts a desktop VS Code: CORAL_VSCODE, else `code` where it is on the path. */
export function findDesktop(): string | undefined {
  const given = process.env['CORAL_VSCODE'];
  if (given) return given;
  return spawnSync('code', ['--version'], { stdio: 'ignore' }).status === 0 ? 'code' : undefined;
}

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
