import assert from 'node:assert/strict';
import { mkdir, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import { writeCommit } from '../samples/commit';
import * as vscode from 'vscode';
import type { RepositoryModel } from '../../src/vscode/model/repositoryModel';
import { activateCoral, answerModals, fixtureCopies, openRepository, until } from './coral';

/** Opens a repository and agrees to the use of what its `.coral` leads to. */
async function openLinked(root: string): Promise<RepositoryModel> {
  const { model } = await activateCoral();
  vscode.workspace.updateWorkspaceFolders(1, 0, { uri: vscode.Uri.file(root) });
  const repository = await until('the link is seen', () => model.repositories.find((each) => each.root === root && each.links.length > 0));
  const asked = answerModals('Use It');
  await vscode.commands.executeCommand('coral.useLinked', { root });
  asked.restore();
  return repository;
}

describe('repositories behind links', function () {
  before(function () { if (process.platform === 'win32') this.skip(); });
  const { copyOf } = fixtureCopies();

  for (const [what, link] of [
    ['.coral itself', async (folder: string, root: string) => {
      await rename(join(root, '.coral'), join(folder, 'kept'));
      await symlink(join(folder, 'kept'), join(root, '.coral'));
      return { open: root, root };
    }],
    ['the workspace folder', async (folder: string, root: string) => {
      await symlink(root, join(folder, 'linked'));
      return { open: join(folder, 'linked'), root: join(folder, 'linked') };
    }],
    ['a folder in the workspace folder, beside one that leads round in a circle', async (folder: string, root: string) => {
      await mkdir(join(folder, 'work'));
      await symlink(root, join(folder, 'work', 'linked'));
      await symlink('..', join(folder, 'work', 'round'));
      return { open: join(folder, 'work'), root: join(folder, 'work', 'linked') };
    }],
  ] as const) {
    it(`are found, and their changes noticed: ${what} is a link`, async () => {
      const { folder, repository } = await copyOf('basic');
      const { open, root } = await link(folder, repository);
      const model = what === '.coral itself' ? await openLinked(root) : await openRepository(root, open);
      const { commits } = model.snapshot!;
      // VS Code takes a while to watch a folder outside of the window, and does not say when it does.
      for (let written = 0; written < 10 && model.snapshot?.commits === commits; written += 1) {
        await writeCommit(root, { message: `by hand, ${written}`, time: new Date(), weights: {} });
        await until('it is seen', () => model.snapshot?.commits !== commits, 3).catch(() => undefined);
      }
      assert.ok(model.snapshot!.commits > commits, 'no new commit was seen');
      assert.equal(model.root, root);
    });
  }
});
