import type { SampleRepository } from '../samples/model';
import type { Session } from '../ui/session';
import type { Workbench } from '../ui/workbench';

/** Pushes the sample through the palette, as a person would, prints what is on the screen before and after, and takes a picture. */
export async function pushAndShoot(session: Session, sample: SampleRepository, file: string): Promise<void> {
  const workbench = await session.open(sample.root);
  await workbench.openCoral();
  await workbench.widenSidebar(300);
  await workbench.expand('origin');
  await workbench.expand('To pull');
  await show('Before', workbench);

  const hasCloud = await workbench.row('cloud').count() > 0;
  const remote = hasCloud ? 'cloud' : 'origin';
  await workbench.runCommand('Coral: Push');
  if (hasCloud) await workbench.pick(remote);
  const done = workbench.toast(new RegExp(`Pushed .* to ${remote}`));
  await done.waitFor({ timeout: 120_000 });
  await workbench.row(hasCloud ? /cloud.*in sync/ : /origin.*2↓ ·/).waitFor();
  if (hasCloud) await workbench.expand('cloud');
  await show('After', workbench);
  await workbench.screenshot(file);
  console.log(`\nScreenshot: ${file}`);
}

async function show(when: string, workbench: Workbench): Promise<void> {
  const messages = (await workbench.toasts()).map((text) => `Message: ${text}\n`).join('');
  console.log(`\n${when}\n${messages}Status bar: ${await workbench.statusBar()}\n${(await workbench.rows()).join('\n')}`);
}
