import * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import { type Command, withRemote } from '../command';
import { remotesFile } from '../ui/openFile';
import { mention } from '../ui/say';

/** Moves the keys of a remote out of remotes.json into the secret storage. They are in the one before they leave the other. */
export const moveKeysToSecretStorage: Command = {
  id: 'coral.moveKeysToSecretStorage',
  run: withRemote('Move the keys of which remote?', async ({ client, vault, model }, { root, name }) => {
    const path = remotesFile(root);
    if (vscode.workspace.textDocuments.some(({ uri, isDirty }) => isDirty && uri.fsPath === path)) {
      throw new CoralError('busy', `${path} has changes that are not saved. Save them first, then move the keys.`, { path, remote: name });
    }
    const keys = await client.call('keysInFile', { root, remote: name });
    if (keys.accessKey === undefined || keys.secretKey === undefined) {
      const problem = `The entry of "${name}" in ${path} does not hold both an access_key and a secret_key.`;
      throw new CoralError('missing', `${problem} Set the credentials instead.`, { path, remote: name });
    }
    await vault.set(keys, { accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey });
    await client.call('forgetKeysInFile', { root, remote: name, keys });
    await model.repository(root)?.refresh();
    mention(`The keys of ${name} are in VS Code's secret storage now.`);
  }),
};
