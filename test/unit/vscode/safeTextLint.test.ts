import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { lint } from '../lint';

describe('lint finds what would show text that was not made safe', function () {
  this.timeout(60_000);
  const wrong = [
    'vscode.window.showErrorMessage(error.message);', 'window.showInformationMessage(name);', 'notify(vscode.window.showWarningMessage, name);',
    'const { showErrorMessage } = vscode.window;', "vscode.window['showErrorMessage'](name);",
    'vscode.window.setStatusBarMessage(name);', 'vscode.window.withProgress({ title: name }, run);', 'vscode.window.showQuickPick([name]);',
    'vscode.window.showInputBox({ prompt: name });', 'vscode.env.clipboard.writeText(name);', "vscode.window.createOutputChannel('Coral');",
    'new vscode.MarkdownString(name);', 'markdown.appendMarkdown(name);', 'node.item();', 'pick.items = names;', 'input.prompt = name;', 'input.title = `Edit ${name}`;',
    'input.validationMessage = problem;', 'view.message = name;', 'item.text = `$(sync) ${name}`;', 'new vscode.Diagnostic(range, message);',
    "vscode.window.createWebviewPanel('x', name);",
  ];
  for (const code of wrong) {
    it(code, async () => assert.deepEqual(await lint(`${code}\n`, 'src/vscode/commands/push.ts'), ['no-restricted-syntax']));
  }

  it('and nothing else', async () => {
    const right = ["notify('error', error.message);", "input.prompt = safeText(name, 'message');", "input.title = 'Edit';", 'pick.items = shownItems(items);', "item.text = `$(sync) ${safeText(name, 'label')}`;"];
    assert.deepEqual(await lint(`${right.join('\n')}\n`, 'src/vscode/commands/push.ts'), []);
    assert.deepEqual(await lint('vscode.window.showErrorMessage(text);\n', 'src/vscode/ui/say.ts'), []);
    assert.deepEqual(await lint('vscode.window.withProgress(options, run);\n', 'src/vscode/ui/say.ts'), ['no-restricted-syntax']);
  });
});
