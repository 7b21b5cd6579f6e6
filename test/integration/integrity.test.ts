import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { IntegrityReport } from '../../src/core/repository/integrity/integrityReport';
import { flipBit } from '../unit/repository/integrity/damage';
import { answerModals, counts, fixtureCopies, openRepository, storeOf, until } from './coral';
import { row, texts } from './treeRows';

describe('integrity commands', () => {
  const { copyOf } = fixtureCopies();
  afterEach(async () => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
  const run = <T>(command: string, ...args: unknown[]): Thenable<T> => vscode.commands.executeCommand<T>(`coral.${command}`, ...args);

  it('Check Integrity shows its report, which Copy Report as JSON copies whole', async () => {
    const { repository: root } = await copyOf('basic');
    flipBit(storeOf(root), 'weights/b5adf40b90970f42');
    await openRepository(root);
    const report = await run<IntegrityReport>('checkIntegrity', { root, depth: 'deep' });
    assert.deepEqual(report.findings.map(({ subject, fault, hash }) => [subject, fault, hash]), [['weight', 'damaged', 'b5adf40b90970f42']]);
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /^# Integrity of repo$/m);
    assert.match(text, /^- Result: 1 error$/m);
    assert.match(text, /^- encoder\.bias: .*b5adf40b90970f42.* → Repair$/m);
    await run('copyReport');
    assert.deepEqual(JSON.parse(await vscode.env.clipboard.readText()), report);
  });

  it('Check Integrity on the row of a remote checks that remote', async () => {
    const { folder, repository: root } = await copyOf('basic');
    flipBit(join(folder, 'remote/weights.h5'), 'weights/b5adf40b90970f42');
    await openRepository(root);
    const { node } = await row('origin');
    // The row asks how closely; the first answer is "Shallow", which does not see the data.
    let report: IntegrityReport | undefined;
    const checking = run<IntegrityReport>('checkIntegrity', node).then((result) => { report = result; });
    await until('the first depth in the list is picked', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return report !== undefined;
    });
    await checking;
    assert.deepEqual([report?.remote, report?.depth, report?.findings], ['origin', 'shallow', []]);
    const deep = await run<IntegrityReport>('checkIntegrity', { root, remote: 'origin', depth: 'deep' });
    assert.deepEqual(deep.findings.map(({ subject, fault, hash, mend }) => [subject, fault, hash, mend]), [['weight', 'damaged', 'b5adf40b90970f42', 'push']]);
  });

  it('a weight that a check found damaged says so in its row, its remote and the badge, until a deep check or a repair finds it sound', async () => {
    const { folder, repository: root } = await copyOf('basic');
    const bias = 'b5adf40b90970f42';
    await counts(await openRepository(root));
    const biasRow = () => row('origin', 'Synced', 'encoder', 'bias');
    const told = async () => [(await texts())[0]!.split(' · ').includes('1 damaged'), (await biasRow()).text.replace(/ +[0-9a-f]{8}….*/, ''), (await biasRow()).item.resourceUri?.query];
    const sound = [false, 'bias', ''];
    const here = [true, 'bias damaged', '!'];
    assert.deepEqual(await told(), sound);

    flipBit(storeOf(root), `weights/${bias}`);
    await run('checkIntegrity', { root, depth: 'deep' });
    assert.deepEqual(await told(), here);
    assert.ok((await texts('origin')).includes('1 damaged weight. Run "Coral: Repair..." to look for good copies.'));
    assert.match((await biasRow()).item.accessibilityInformation!.label, /, damaged$/);
    await run('checkIntegrity', { root, depth: 'shallow' });
    assert.deepEqual(await told(), here);
    const answers = answerModals('Repair');
    await run('repair', { root, depth: 'deep' });
    answers.restore();
    assert.deepEqual(await told(), sound);

    flipBit(join(folder, 'remote/weights.h5'), `weights/${bias}`);
    await run('checkIntegrity', { root, remote: 'origin', depth: 'deep' });
    assert.deepEqual(await told(), [true, 'bias damaged on origin', '!']);
    flipBit(join(folder, 'remote/weights.h5'), `weights/${bias}`);
    await run('checkIntegrity', { root, remote: 'origin', depth: 'deep' });
    assert.deepEqual(await told(), sound);
  });

  it('Prune Local deletes nothing unless the name is typed; Prune Remote refuses a remote without refs', async () => {
    const { folder, repository: root } = await copyOf('ahead-behind');
    const repository = await openRepository(root);
    const [store, remoteStore] = [storeOf(root), join(folder, 'remote/weights.h5')];
    const before = await Promise.all([store, remoteStore].map((path) => readFile(path)));
    let ended = false;
    const pruning = run('pruneLocal', { root }).then((result) => {
      assert.equal(result, undefined);
      ended = true;
    });
    await until('the question is answered with nothing typed', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return ended;
    });
    await pruning;
    assert.equal(await run('pruneRemote', { root, remote: 'origin' }), undefined);
    assert.deepEqual(await Promise.all([store, remoteStore].map((path) => readFile(path))), before);
    assert.equal(repository.error, undefined);
  });
});
