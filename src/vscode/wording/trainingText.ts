import type { Training } from '../../core/repository/trainings';

/** "epoch 2, step 20, best": for a row. */
export function trainingText({ epoch, step, isBest }: Training): string {
  const parts = [epoch === undefined ? '' : `epoch ${epoch}`, step === undefined ? '' : `step ${step}`, isBest ? 'best' : ''];
  return parts.filter(Boolean).join(', ');
}

/** All of it, by label. */
export function trainingFacts(training: Training): (readonly [label: string, value: string])[] {
  const { epoch, step, loss, metrics = {}, isBest } = training;
  const measured = Object.entries(metrics).map(([name, value]) => `${name} ${value}`).join(', ');
  const facts = [['Epoch', epoch], ['Step', step], ['Loss', loss], ['Metrics', measured || undefined]] as const;
  return [
    ...facts.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const])),
    ...(isBest ? [['Checkpoint', 'the best one'] as const] : []),
  ];
}
