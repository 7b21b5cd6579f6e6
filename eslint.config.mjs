import tseslint from 'typescript-eslint';

/** The layers of src/core, lowest first: each may import only itself and those before it. */
const layers = ['base', 'weights', 'storage', 'analysis', 'history', 'transfer', 'remotes', 'coralFolder', 'sync', 'repository'];
const above = (layer) => layers.slice(layers.indexOf(layer) + 1).map((name) => `**/${name}/**`);
/** The rooms of src/vscode, lowest first: each may import only itself and those before it, and none beside it. */
const rooms = [
  ['wording'], ['settings'], ['model'], ['ui'], ['ask'], ['actions'], ['tree', 'panels', 'automation', 'remotesFile'], ['commands'],
];
const roomRules = rooms.flatMap((beside, rank) => beside.map((room) => {
  const allowed = [...rooms.slice(0, rank).flat(), ...(room === 'commands' ? ['command$'] : [])];
  const regex = `^\\.\\./(?!\\.\\./|(${allowed.map((name) => name.endsWith('$') ? name : `${name}/`).join('|') || '(?!)'}))`;
  const message = `src/vscode/${room} may import only the rooms below it.`;
  return { files: [`src/vscode/${room}/**`], rules: { 'no-restricted-imports': ['error', { patterns: [{ regex, message }] }] } };
}));

const forbid = (group, message) => ({ 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] });

/**
 * Text from outside reaches the window, the log and the clipboard through src/text/safeText alone: what shows text may be called in one file each, and
 * what is assigned to what is shown must come out of safeText.
 */
const shows = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage', 'setStatusBarMessage', 'showQuickPick', 'showInputBox', 'writeText'];
const door = (names, file) => {
  const message = `Say it through src/vscode/${file}, which makes text from outside safe.`;
  const name = `/^(${names.join('|')})$/`;
  return [{ selector: `MemberExpression[property.name=${name}]`, message }, { selector: `ObjectPattern > Property[key.name=${name}]`, message },
    { selector: `MemberExpression[computed=true][property.value=${name}]`, message }];
};
const made = (selector, file) => [{ selector, message: `Let src/vscode/${file} make it, which makes text from outside safe.` }];
const doors = {
  'ui/say.ts': door(shows, 'ui/say.ts'),
  'ui/progress.ts': door(['withProgress'], 'ui/progress.ts'),
  'ui/log.ts': door(['createOutputChannel'], 'ui/log.ts'),
  'tree/shownRow.ts': made('CallExpression[callee.property.name="item"]:not(MemberExpression[property.name="id"] > CallExpression)', 'tree/shownRow.ts'),
  'ui/markdown.ts': [...made('NewExpression[callee.property.name="MarkdownString"]', 'ui/markdown.ts'), ...door(['appendMarkdown', 'appendText'], 'ui/markdown.ts')],
};
const throughSafeText = (property, from = 'safeText') => ({
  selector: `AssignmentExpression[left.property.type="Identifier"][left.property.name=${property}]:not([right.callee.name="${from}"]):not([right.type="Literal"])`, message: `What is shown there comes out of ${from}.`,
});
const alwaysSafe = [
  throughSafeText('/^(title|prompt|placeholder)$/'), throughSafeText('items', 'shownItems'),
  { selector: 'AssignmentExpression[left.property.type="Identifier"][left.property.name=/^(message|validationMessage|text)$/]:not(:has(CallExpression[callee.name="safeText"]))', message: 'What is shown there comes out of safeText.' },
  { selector: 'NewExpression[callee.property.name="Diagnostic"]:not([arguments.1.callee.name="safeText"])', message: 'The text of a diagnostic comes out of safeText.' },
  { selector: 'CallExpression[callee.property.name="createWebviewPanel"]:not([arguments.1.callee.name="safeText"])', message: 'The title of a tab comes out of safeText.' },
];
const safeTextRules = (except, others = []) => ({
  'no-restricted-syntax': ['error', ...others, ...alwaysSafe, ...Object.entries(doors).flatMap(([file, rules]) => (file === except ? [] : rules))],
});
/** All that a file of commands/ exports is registered. */
const onlyCommands = {
  selector: 'ExportNamedDeclaration:not([declaration.declarations.0.id.typeAnnotation.typeAnnotation.typeName.name="Command"])',
  message: 'Here a file exports commands and nothing else: export const push: Command = …',
};

export default tseslint.config(
  { ignores: ['dist/**', 'out/**', '**/node_modules/**', 'test/fixtures/**', 'test/python/venv/**'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      // An async generator over what is in memory has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true } }],
      eqeqeq: 'error',
    },
  },
  { files: ['src/core/**'], rules: forbid(['vscode', '**/vscode/**', '**/worker/**'], 'src/core knows neither vscode nor the worker.') },
  ...layers.map((layer) => ({
    files: [`src/core/${layer}/**`],
    rules: forbid(['vscode', '**/vscode/**', '**/worker/**', ...above(layer)], `src/core/${layer} may import only the layers below it.`),
  })),
  ...roomRules,
  { files: ['src/{vscode,worker,webview,text}/**', 'src/extension.ts'], rules: { 'max-len': ['error', { code: 140 }] } },
  {
    files: ['src/worker/**'],
    rules: forbid(['vscode', '**/vscode/**', '**/webview/**'], 'The worker has no VS Code API, and knows no page.'),
  },
  {
    files: ['src/vscode/**', 'src/extension.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{
        group: [
          '**/core/*/**', '!**/core/base/errors', '!**/core/base/validate', '!**/core/storage/backends',
          '**/worker/main', '**/worker/service', '**/worker/service/**', '**/webview/**',
        ],
        allowTypeImports: true,
        message: 'The extension host only shows things: call the worker through worker/client. '
          + 'Types, core/base/errors, core/base/validate and core/storage/backends are free.',
      }] }],
    },
  },
  {
    files: ['src/webview/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [
        { group: ['**/core/**', '**/worker/**'], allowTypeImports: true, message: 'A page gets data, and computes nothing. Types are free.' },
        { regex: '^vscode$|^node:|/vscode/', message: 'A page runs in a browser. What it shares with the host lies in src/text.' },
      ] }],
    },
  },
  { files: ['src/text/**'], rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: '^(?!\\./)', message: 'src/text imports nothing: all else builds on it.' }] }] } },
  { files: ['src/vscode/**', 'src/extension.ts'], rules: safeTextRules() },
  ...Object.keys(doors).map((file) => ({ files: [`src/vscode/${file}`], rules: safeTextRules(file) })),
  { files: ['src/vscode/commands/**'], rules: safeTextRules(undefined, [onlyCommands]) },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  // Scripts that Node runs as they are, without types; some tools ask for a default export.
  { files: ['**/*.{mjs,cjs}'], ...tseslint.configs.disableTypeChecked },
  { files: ['**/*.{mjs,cjs}'], rules: { 'no-restricted-exports': 'off', '@typescript-eslint/no-require-imports': 'off' } },
);
