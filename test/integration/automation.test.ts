import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, type Context, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { Autofetch } from '../../src/vscode/automation/autofetch';
import { Refusals } from '../../src/vscode/automation/refusals';
import type { TimerClock } from '../../src/vscode/automation/scheduler';
import type { Surroundings } from '../../src/vscode/automation/surroundings';
import type { RepositoryModel } from '../../src/vscode/model/repositoryModel';
import { writeCommit } from '../samples/commit';
import { dumpStore } from '../samples/dumpStore';
import { type RecordingServer, startRecordingServer } from '../samples/recordingServer';
import { activateCoral, counts, fixtureCopies, openRepository, remoteOf, setting, storeOf, transfer, until } from './coral';
import { Onlooker } from './onlooker';

/** Time that passes when the test says so, and a window whose focus it decides over. */
class FakeWorld implements TimerClock, Surroundings {
  time = Date.now();
  focused = true;
  readonly #changes = new vscode.EventEmitter<void>();
  #timer: { readonly at: number; readonly run: () => void } | undefined;

  now(): number { return this.time; }
  isActive(): boolean { return this.focused; }
  onDidChange(listener: () => void): vscode.Disposable { return this.#changes.event(listener); }

  after(milliseconds: number, run: () => void): vscode.Disposable {
    const timer = { at: this.time + milliseconds, run };
    this.#timer = timer;
    return new vscode.Disposable(() => { if (this.#timer === timer) this.#timer = undefined; });
  }

  pass(seconds: number): void {
    this.time += seconds * 1000;
    const timer = this.#timer;
    if (!timer || timer.at > this.time) return;
    this.#timer = undefined;
    timer.run();
  }

  focus(focused: boolean): void {
    this.focused = focused;
    this.#changes.fire();
  }
}

describe('automation', () => {
  const { copyOf } = fixtureCopies();
  let server: RecordingServer;
  let autofetch: Autofetch | undefined;
  beforeEach(async () => { server = await startRecordingServer(); });
  afterEach(async () => {
    autofetch?.dispose();
    for (const name of ['autofetch', 'autofetchPeriod', 'defaultRemote']) await setting(name, undefined);
    await server.close();
  });
  /** A repository with the remotes one and two on the recording server. */
  const openTwo = async (): Promise<RepositoryModel> => {
    const { repository: root } = await copyOf('basic');
    const entry = (name: string) => ({ name, url: `s3://models/${name}/`, backend: 's3', endpoint_url: server.endpoint });
    await writeFile(join(root, '.coral/remotes.json'), JSON.stringify({ remotes: { one: entry('one'), two: entry('two') } }));
    const repository = await openRepository(root);
    for (const remote of repository.remotes) {
      await remote.fetchStatus();
      assert.equal(remote.error, undefined);
    }
    server.requests.length = 0;
    return repository;
  };
  /** Which remotes were asked anything since the last call. */
  const asked = (): string[] => [...new Set(server.requests.splice(0).flatMap((line) => /[/=](one|two)(?:\/|%2F)/.exec(line)?.[1] ?? []))].sort();
  const settled = async (repository: RepositoryModel): Promise<void> => {
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    await Promise.all(repository.remotes.map((remote) => remote.settled()));
  };

  it('coral.autofetch asks no remote, the default one or all, once a period and only in a window with focus', async () => {
    const repository = await openTwo();
    const { model } = await activateCoral();
    const world = new FakeWorld();
    // The setting as other values would have it, so that the extension's own automation stays out of this: its clock is not faked.
    await setting('autofetchPeriod', 1e9);
    await setting('defaultRemote', 'two');
    autofetch = new Autofetch(model, new Refusals(), world, world);
    const day = 86_400;
    world.pass(2 * day);
    await settled(repository);
    assert.deepEqual(asked(), [], 'off is the default');

    await setting('autofetch', 'default');
    autofetch.wake();
    await settled(repository);
    assert.deepEqual(asked(), ['two']);
    await setting('autofetch', 'all');
    world.pass(day - 10);
    autofetch.wake();
    await settled(repository);
    asked();
    world.pass(10);
    await settled(repository);
    world.focus(false);
    asked();
    world.pass(3 * day);
    await settled(repository);
    assert.deepEqual(asked(), [], 'not without focus');
    world.focus(true);
    await settled(repository);
    assert.deepEqual(asked(), ['one', 'two'], 'what was missed is made up for');
  });

  it('stops at a remote that refuses the keys, until it is seen to answer', async () => {
    const repository = await openTwo();
    const { model } = await activateCoral();
    const world = new FakeWorld();
    await setting('autofetchPeriod', 86_400);
    await setting('autofetch', 'default');
    autofetch = new Autofetch(model, new Refusals(), world, world);
    server.refuses = true;
    world.pass(86_400);
    await until('one has refused the keys', () => remoteOf(repository, 'one').error?.reason === 'auth');
    await settled(repository);
    assert.deepEqual(asked(), ['one']);
    server.refuses = false;
    world.pass(10 * 86_400);
    await settled(repository);
    assert.deepEqual(asked(), [], 'left alone');
    await vscode.commands.executeCommand('coral.fetchStatus', { root: repository.root, remote: 'one' });
    asked();
    world.pass(86_400);
    await until('one is asked again', () => server.requests.length > 0);
    await settled(repository);
    assert.deepEqual(asked(), ['one']);
  });

  it('the extension itself looks when autofetch is switched on, where the window has the focus', async function () {
    needFocus(this);
    const { repository: root } = await copyOf('basic');
    await writeFile(join(root, '.coral/remotes.json'), JSON.stringify({
      remotes: { one: { name: 'one', url: 's3://models/one/', backend: 's3', endpoint_url: server.endpoint }, two: { name: 'two', url: 's3://models/two/', backend: 's3', endpoint_url: server.endpoint } },
    }));
    const repository = await openRepository(root);
    await until('the status bar has asked the default remote', () => remoteOf(repository, 'one').status);
    assert.equal(remoteOf(repository, 'two').status, undefined);
    await setting('autofetch', 'all');
    await until('the other one was asked', () => remoteOf(repository, 'two').status);
  });

  it('auto_push pushes when a commit appears, and not when the window opens', async function () {
    needFocus(this);
    const { folder, repository: root } = await copyOf('ahead-behind');
    const remoteStore = join(folder, 'remote/weights.h5');
    const repository = await openWithAutoPush(root, join(folder, 'remote'));
    assert.deepEqual(await counts(repository), { ahead: 3, behind: 2, synced: 2 });
    // The first push is the person's own.
    await transfer('push', root);
    assert.equal(remoteOf(repository).status?.ahead, 0);
    const [hash = ''] = Object.keys(dumpStore(storeOf(root)));
    const commit = await writeCommit(root, { message: 'Tune', time: new Date(), weights: { a: hash } });
    await until('the push went through', () => existsSync(join(folder, 'remote/commits', `${commit}.json`)));
    assert.deepEqual(Object.keys(dumpStore(storeOf(root))).filter((each) => !(each in dumpStore(remoteStore))), []);
    assert.equal(remoteOf(repository).status?.behind, 2);
  });

  it('auto_push that cannot go says so once, and goes when the remote answers again', async function () {
    needFocus(this);
    const { folder, repository: root } = await copyOf('ahead-behind');
    const away = join(folder, 'away');
    await writeFile(away, 'a file where the folder is to be');
    const repository = await openWithAutoPush(root, away);
    const [hash = ''] = Object.keys(dumpStore(storeOf(root)));
    const before = repository.snapshot!.commits;
    // The first push is the person's own, even if it fails.
    await vscode.commands.executeCommand('coral.push', { root, remote: 'origin' });
    const onlooker = new Onlooker();
    const complaints = (): string[] => onlooker.seen.filter((line) => line.includes('Auto push'));
    try {
      await writeCommit(root, { message: 'Tune', time: new Date(), weights: { a: hash } });
      await until('it says that it could not push', () => complaints().length > 0);
      await writeCommit(root, { message: 'Tune again', time: new Date(), weights: { b: hash } });
      await until('the second commit is seen', () => repository.snapshot?.commits === before + 2);
      await rm(away);
      await remoteOf(repository).fetchStatusAgain();
      await until('the push went through', () => remoteOf(repository).status?.ahead === 0);
    } finally {
      onlooker.dispose();
    }
    assert.equal(complaints().length, 1);
    assert.match(complaints()[0]!, /^error: Auto push to origin: .*away is a file/);
    assert.deepEqual(Object.keys(dumpStore(join(away, 'weights.h5'))).sort(), Object.keys(dumpStore(storeOf(root))).sort());
  });
});

/** Skips a test, by name, in a window that has no focus. */
function needFocus(context: Context): void {
  if (vscode.window.state.focused) return;
  context.test!.title += ' (skipped: this window has no focus)';
  context.skip();
}

async function openWithAutoPush(root: string, folder: string): Promise<RepositoryModel> {
  await writeFile(join(root, '.coral/remotes.json'), JSON.stringify({ remotes: { origin: { name: 'origin', url: `file://${folder}`, backend: 'file', auto_push: true } } }));
  return openRepository(root);
}
