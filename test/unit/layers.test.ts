import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { lint } from './lint';

/** Of each part of src outside of core, lowest first: a file, what it may import, and what lies above or beside it. */
const parts: readonly (readonly [file: string, right: readonly string[], wrong: readonly string[]])[] = [
  ['text/safeText.ts', ['./redact'], ['../core/base/errors', '../worker/rpc', 'vscode', 'node:path']],
  ['worker/service/status.ts', ['../../core/base/errors', '../rpc', '../../text/redact'], ['vscode', '../../vscode/ui/say', '../../webview/dom']],
  ['webview/page.ts', ['./dom', '../text/format'], ['vscode', 'node:path', '../vscode/ui/say', '../core/base/errors', '../worker/rpc']],
  ['vscode/wording/statusText.ts', ['../../text/format', './transferText'], ['../settings/settings', '../model/remoteModel', '../command']],
  ['vscode/settings/settings.ts', ['../wording/statusText', 'vscode'], ['../model/remoteModel', '../ui/log']],
  ['vscode/model/remoteModel.ts', ['../settings/settings', '../../worker/client'], ['../ui/log', '../tree/treeNode', '../../worker/main']],
  ['vscode/ui/say.ts', ['../model/remoteModel', '../wording/statusText'], ['../ask/steps', '../actions/contact', '../../webview/dom']],
  ['vscode/ask/pickRemote.ts', ['../ui/say', '../model/remoteModel'], ['../actions/contact', '../tree/remoteNode', '../registerCommands']],
  ['vscode/actions/transfer.ts', ['../ask/mayContact', '../ui/say'], ['../tree/remoteNode', '../panels/panels', '../commands/push', '../command']],
  ['vscode/tree/remoteNode.ts', ['../actions/contact', '../ui/say'], ['../panels/panels', '../automation/startAutoPush', '../commands/push', '../command']],
  ['vscode/panels/panels.ts', ['../actions/transfer', '../ask/target'], ['../tree/remoteNode', '../commands/compareWeights', '../command']],
  ['vscode/automation/startAutoPush.ts', ['../actions/transfer'], ['../tree/remoteNode', '../panels/panels', '../commands/push']],
  ['vscode/remotesFile/diagnostics.ts', ['../model/coralModel'], ['../tree/remoteNode', '../automation/startAutoPush', '../commands/push']],
  ['vscode/commands/push.ts', ['../tree/remoteNode', '../panels/panels', '../command'], ['../registerCommands', '../allCommands', '../../core/remotes/remote']],
];

describe('lint keeps the layers', function () {
  this.timeout(60_000);
  for (const [file, right, wrong] of parts) {
    it(`of ${file}`, async () => {
      const found = (path: string) => lint(`import { some } from '${path}';\nsome();\n`, `src/${file}`);
      for (const path of right) assert.deepEqual(await found(path), [], path);
      for (const path of wrong) assert.match(String(await found(path)), /^(@typescript-eslint\/)?no-restricted-imports$/, path);
    });
  }

  it('of commands/, where files export commands alone', async () => {
    const file = 'src/vscode/commands/push.ts';
    assert.deepEqual(await lint("export const push: Command = { id: 'coral.push', run };\n", file), []);
    for (const wrong of ['export function help() {}\n', "export const push = { id: 'coral.push', run };\n", 'export interface Help {}\n', 'export { push };\n']) {
      assert.deepEqual(await lint(wrong, file), ['no-restricted-syntax'], wrong);
    }
  });
});
