import type { Training } from '../../core/repository/trainings';

/** "epoch 2, step 20, best": for a row. */
export function trainingText({ epoch, step, isBest }: Training): string {
  const parts = [epoch === undefined ? '' : `epoch ${epoch}`, step === undefined ? '' : `step ${step}`, isBest ? 'best' : ''];
  return parts.filter(Boolean).join(', ');
}

/** All of it, by label. */
export function trainingFacts(
  { epoch, step, loss, metrics = {}, isBest }: Training,
): (readonly [label: string, value: string | undefined])[] {
  const measured = Object.entries(metrics).map(([name, value]) => `${name} ${value}`).join(', ');
  return [['Epoch', epoch], ['Step', step], ['Loss', loss], ['Metrics', measured], ['Checkpoint', isBest ? 'the best one' : undefined]];
}
