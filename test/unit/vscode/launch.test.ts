import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import ts from 'typescript';

interface Launch {
  readonly configurations: readonly { readonly name: string; readonly program?: string; readonly preLaunchTask?: string; readonly args?: readonly string[] }[];
}
interface Tasks {
  readonly tasks: readonly { readonly label: string; readonly type: string; readonly script?: string; readonly args?: readonly string[] }[];
}

/** JSON with comments, as VS Code reads it. */
function read(name: string): unknown {
  const { config, error } = ts.parseConfigFileTextToJson(name, readFileSync(`.vscode/${name}`, 'utf8')) as { config?: unknown; error?: unknown };
  assert.equal(error, undefined);
  return config;
}

describe('.vscode', () => {
  const { configurations } = read('launch.json') as Launch;
  const { tasks } = read('tasks.json') as Tasks;

  it('launches what is there, after tasks that there are', () => {
    const labels = new Set(tasks.map(({ label }) => label));
    assert.deepEqual(configurations.map(({ name }) => name), ['Extension', 'Attach to Extension', 'Tests of This File']);
    for (const { preLaunchTask } of configurations) assert.ok(preLaunchTask === undefined || labels.has(preLaunchTask), preLaunchTask);
    const scripts = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }).scripts;
    for (const { type, script } of tasks) assert.ok(type !== 'npm' || Object.hasOwn(scripts, script ?? ''), script);
  });

  it('debugs the built file of the test in front', () => {
    const { program, args } = configurations.find(({ name }) => name === 'Tests of This File')!;
    const filled = [program!, ...args!].map((text) => text.replace('${workspaceFolder}', '.')
      .replace('${relativeFileDirname}', 'test/unit/vscode').replace('${fileBasenameNoExtension}', 'launch.test'));
    assert.ok(existsSync(filled[0]!) && existsSync(filled.at(-1)!), filled.join(' '));
  });
});
