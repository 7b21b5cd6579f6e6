import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type * as vscode from 'vscode';
import { StatusMemory } from '../../../src/vscode/model/statusMemory';
import { snapshot } from './snapshot';

const summary = { name: 'origin', url: 's3://key:secret@bucket/prefix', backend: 's3', autoPush: false, autoPull: false };
const status = snapshot({ ahead: 1, behind: 2, missing: ['a'.repeat(16)], refs: { main: 'b'.repeat(32) }, warnings: ['odd'] });

describe('StatusMemory', () => {
  it('tells places apart, and keeps neither lists nor URLs nor more than a hundred', async () => {
    const kept = new Map<string, unknown>();
    const memento: vscode.Memento = {
      keys: () => [...kept.keys()],
      get: (key: string, otherwise?: unknown) => kept.get(key) ?? otherwise,
      update: async (key, value) => { kept.set(key, JSON.parse(JSON.stringify(value))); },
    };
    await new StatusMemory(memento).set('/root', summary, status);
    const memory = new StatusMemory(memento);
    assert.deepEqual(memory.get('/root', summary), { ...status, missing: [], warnings: [] });
    for (const other of [{ ...summary, url: 's3://other' }, { ...summary, endpointUrl: 'http://x' }, { ...summary, name: 'two' }]) assert.equal(memory.get('/root', other), undefined);
    assert.equal(memory.get('/elsewhere', summary), undefined);
    assert.doesNotMatch(JSON.stringify([...kept]), /secret|bucket|a{16}|odd/);
    for (let time = 0; time < 150; time += 1) await memory.set(`/${time}`, summary, { ...status, checkedAt: time });
    assert.equal(memory.get('/49', summary), undefined);
    assert.equal(memory.get('/50', summary)?.checkedAt, 50);
  });
});
