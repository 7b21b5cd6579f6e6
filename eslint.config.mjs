import tseslint from 'typescript-eslint';

/** The layers of src/core, lowest first: each may import only itself and those before it. */
const layers = ['base', 'weights', 'storage', 'analysis', 'transfer', 'history', 'remotes', 'repository'];
const above = (layer) => layers.slice(layers.indexOf(layer) + 1).map((name) => `**/${name}/**`);
const forbid = (group, message) => ({ 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] });

export default tseslint.config(
  { ignores: ['dist/**', 'out/**', '**/node_modules/**', 'test/fixtures/**', '**/*.mjs', '**/*.cjs'] },
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
  { files: ['src/worker/**'], rules: forbid(['vscode', '**/vscode/**'], 'The worker has no VS Code API.') },
  {
    files: ['src/vscode/**', 'src/extension.ts'],
    rules: {
      'no-restricted-imports': 'off',
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{
        group: ['**/core/*/**', '**/worker/main'], allowTypeImports: true,
        message: 'The extension host only shows things: call the worker through worker/client. Types are free.',
      }] }],
    },
  },
  {
    files: ['src/webview/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [
        { group: ['**/core/**', '**/worker/**'], allowTypeImports: true, message: 'A page gets data, and computes nothing. Types are free.' },
        { regex: '^vscode$|^node:|/vscode/(?!format$)', message: 'A page runs in a browser; of src/vscode it shares only how numbers are written.' },
      ] }],
    },
  },
  { files: ['test/**'], rules: { '@typescript-eslint/no-non-null-assertion': 'off', '@typescript-eslint/no-floating-promises': 'error' } },
);
