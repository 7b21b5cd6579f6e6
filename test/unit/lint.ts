import { ESLint } from 'eslint';

/** What our own lint says of a text that would lie in a file. Only what needs no types is asked. */
export async function lint(code: string, filePath: string): Promise<string[]> {
  const eslint = new ESLint({
    overrideConfig: { languageOptions: { parserOptions: { projectService: false, project: false } } },
    ruleFilter: ({ ruleId }) => /(^|\/)no-restricted-(syntax|imports)$/.test(ruleId),
  });
  const [result] = await eslint.lintText(code, { filePath, warnIgnored: true });
  return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message);
}
