import type { SampleRepository } from '../samples/model';
import type { Session } from '../ui/session';
import type { Workbench } from '../ui/workbench';

const folder = 'media/walkthrough';

/** Takes the pictures of the walkthrough anew, from the real thing: run it when what they show has changed. */
export async function takePictures(session: Session, sample: SampleRepository, empty: string): Promise<void> {
  await inWindow(session, empty, async (workbench) => {
    await workbench.welcome();
    await workbench.screenshots('open', folder);
  });
  await inWindow(session, sample.root, async (workbench) => {
    await workbench.widenSidebar(240);
    await workbench.expand('origin');
    await workbench.expand('To push');
    await workbench.screenshots('compare', folder);

    await workbench.runCommand('Coral: Add Remote...');
    await workbench.quickInput.locator('.monaco-list-row').first().waitFor();
    await workbench.screenshots('add', folder);
    await workbench.page.keyboard.press('Escape');

    await workbench.coralStatus.first().click();
    await workbench.dialog.waitFor();
    await workbench.page.locator('.notification-toast').waitFor({ state: 'detached' });
    await workbench.screenshots('move', folder);
    await workbench.answerDialog('Cancel');

    await workbench.runCommand('Coral: Open Weight...');
    await workbench.quickInput.locator('input.input').fill('encoder.layers.4.attention.query.weight');
    await workbench.pick('encoder.layers.4.attention.query.weight');
    await workbench.page.waitForTimeout(5_000); // pictures in the tab are drawn when its numbers are there
    await workbench.screenshots('look', folder);
  });
}

async function inWindow(session: Session, opened: string, show: (workbench: Workbench) => Promise<void>): Promise<void> {
  const workbench = await session.open(opened);
  try {
    await workbench.page.setViewportSize({ width: 1000, height: 640 });
    await workbench.openCoral();
    await show(workbench);
  } catch (error) {
    await workbench.screenshot('failed-pictures');
    throw error;
  } finally {
    await workbench.close();
  }
}
