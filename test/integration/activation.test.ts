import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { coralExtension } from './coral';

describe('activation', () => {
  it('waits until a repository is open, and starts no worker then; its time is printed', async () => {
    const extension = coralExtension();
    assert.equal(extension.isActive, false, 'nothing activates it while no repository is open');
    await new Promise((resolve) => { setTimeout(resolve, 3_000); }); // the extensions that VS Code starts by itself are done then
    const began = { time: performance.now(), cpu: process.cpuUsage() };
    const api = await extension.activate();
    const { user, system } = process.cpuUsage(began.cpu);
    const milliseconds = (user + system) / 1000;
    console.log(`      activated in ${(performance.now() - began.time).toFixed(1)} ms, ${milliseconds.toFixed(1)} ms of the processor`);
    assert.deepEqual(api.model.repositories, []);
    assert.equal(api.client.isRunning, false);
  });

  it('registers every command that the manifest names', async () => {
    const { contributes } = coralExtension().packageJSON as { contributes: { commands: { command: string }[] } };
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.ok(contributes.commands.length > 10);
    assert.deepEqual(contributes.commands.map(({ command }) => command).filter((command) => !registered.has(command)), []);
  });
});
