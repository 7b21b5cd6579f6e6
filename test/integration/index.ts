import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { allowedInTests, setting } from './coral';

/** Called by VS Code in its extension host. Mocha is loaded late: it is an ES module, this is not. */
export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  const projectRoot = join(__dirname, '../../..'); // this file runs from out/test/integration
  process.chdir(projectRoot); // so that tests find fixtures as the unit tests do
  const mocha = new Mocha({ timeout: 60_000, reporter: join(projectRoot, 'test/reporter.mjs'), color: false });
  await setting('allowedEndpoints', allowedInTests);
  await setting('confirmSync', false);
  const only = process.env['CORAL_TEST_GREP']; // to run a few tests while writing them
  if (only !== undefined) mocha.grep(only);
  for (const name of readdirSync(__dirname).filter((file) => file.endsWith('.test.js')).sort()) mocha.addFile(join(__dirname, name));
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) throw new Error(`${failures} tests failed.`);
}
