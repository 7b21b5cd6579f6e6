import * as vscode from 'vscode';
import type { Credentials } from '../../core/remotes/credentials';

/** Asks for access keys; undefined when the person leaves. What is typed is neither shown nor kept here. */
export async function askCredentials(remote: string): Promise<Credentials | undefined> {
  const ask = (prompt: string, step: number, optional = false) => vscode.window.showInputBox({
    title: `Credentials of ${remote} (${step}/3)`, prompt, password: true, ignoreFocusOut: true,
    validateInput: (text) => optional || text.trim() !== '' ? undefined : 'Type or paste it here.',
  });
  const accessKeyId = await ask('Access key ID', 1);
  if (accessKeyId === undefined) return undefined;
  const secretAccessKey = await ask('Secret access key', 2);
  if (secretAccessKey === undefined) return undefined;
  const sessionToken = await ask('Session token, for temporary credentials; leave it empty otherwise', 3, true);
  if (sessionToken === undefined) return undefined;
  const token = sessionToken.trim();
  return { accessKeyId: accessKeyId.trim(), secretAccessKey: secretAccessKey.trim(), ...(token === '' ? {} : { sessionToken: token }) };
}
