import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'mocha';

interface MenuEntry { readonly command: string; readonly when?: string; readonly group?: string }
interface Setting { readonly type: string; readonly default: unknown; readonly scope?: string; readonly minimum?: number; readonly maximum?: number; readonly enum?: unknown[]; readonly markdownDescription: string }
interface Manifest {
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly activationEvents: readonly string[];
  readonly icon: string;
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string; readonly icon?: string }[];
    readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
    readonly views: { readonly coral: readonly { readonly id: string }[] };
    readonly viewsWelcome: readonly { readonly view: string; readonly when: string }[];
    readonly walkthroughs: readonly { readonly steps: readonly { readonly media: { readonly image: Readonly<Record<string, string>>; readonly altText: string } }[] }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
  };
}

const manifestText = readFileSync('package.json', 'utf8');
const { contributes, ...manifest } = JSON.parse(manifestText) as Manifest;
const texts = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Readonly<Record<string, string>>;
const said = (text: string): string => text.replace(/^%(.*)%$/, (_, key: string) => texts[key] ?? '');
const destructive = /force|prune|remove|clearCredentials|repair/i;

describe('the manifest', () => {
  it('takes every text for people from package.nls.json, where there is nothing else', () => {
    const used = [...manifestText.matchAll(/"%([^"%]+)%"/g)].map(([, key]) => key!);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(texts).sort());
    for (const [key, text] of Object.entries(texts)) assert.ok(text.trim() !== '', key);
    assert.doesNotMatch(manifestText, /"(title|description|markdownDescription|altText|contents)": "(?!%|Coral")/);
  });

  it('is activated by a repository, a view or a command, in all versions of VS Code that its types know', () => {
    assert.ok(manifest.activationEvents.every((event) => /^(workspaceContains|onWebviewPanel):/.test(event)), manifest.activationEvents.join());
    assert.equal(manifest.devDependencies['@types/vscode'], manifest.engines.vscode);
  });

  it('has commands in title case with an icon that VS Code has, of which none inline destroys anything', () => {
    const small = new Set(['to', 'of', 'as', 'by', 'up', 'remotes.json']);
    for (const { command, title, category, icon } of contributes.commands) {
      assert.equal(category, 'Coral');
      assert.match(icon ?? '$(none)', /^\$\([a-z-]+\)$/);
      for (const word of said(title).split(' ').filter((each) => !small.has(each.toLowerCase()))) assert.match(word, /^\(?[A-Z]/, `${command}: ${said(title)}`);
    }
    const inline = Object.values(contributes.menus).flat().filter(({ group }) => group?.startsWith('inline'));
    assert.ok(inline.length > 10);
    assert.deepEqual(inline.filter(({ command }) => destructive.test(command)), []);
    const known = new Set(contributes.commands.map(({ command }) => command));
    assert.deepEqual(Object.values(contributes.menus).flat().filter(({ command }) => !known.has(command)), []);
  });

  it('welcomes in each state in which there are no rows', () => {
    const states = contributes.viewsWelcome.filter(({ view }) => view === 'coral.remotes').map(({ when }) => /^workspaceFolderCount == 0|coral\.state == (\w+)/.exec(when)?.[1] ?? 'noFolder');
    assert.deepEqual(states.sort(), ['damagedRemotes', 'noFolder', 'noRemotes', 'noRepository', 'unreadable', 'untrusted']);
  });

  it('gives each setting a default within its bounds; what lets traffic go elsewhere is no workspace\'s to set', () => {
    for (const [name, { type, default: defaultValue, minimum = NaN, maximum = NaN, enum: choices, markdownDescription, scope }] of Object.entries(contributes.configuration.properties)) {
      assert.ok(said(markdownDescription).length > 20 && scope !== undefined, name);
      if (type === 'number' || type === 'integer') assert.ok(Number(defaultValue) >= minimum && Number(defaultValue) <= maximum, name);
      if (choices) assert.ok(choices.includes(defaultValue), name);
    }
    assert.equal(contributes.configuration.properties['coral.allowedEndpoints']?.scope, 'machine');
  });

  it('has at most five steps in its walkthrough, each with its pictures and their words; an icon of 128 pixels', () => {
    const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
    assert.ok(steps.length > 0 && steps.length <= 5);
    for (const { media: { image, altText } } of steps) {
      assert.deepEqual(Object.keys(image).sort(), ['dark', 'hc', 'hcLight', 'light']);
      for (const path of Object.values(image)) assert.ok(existsSync(path), path);
      assert.ok(said(altText).length > 10);
    }
    const icon = readFileSync(manifest.icon);
    assert.deepEqual([icon.toString('latin1', 1, 4), icon.readUInt32BE(16), icon.readUInt32BE(20)], ['PNG', 128, 128]);
  });
});
