import { CoralError } from '../base/errors';
import type { TransferOptions } from '../transfer/progress';
import { SyncResult } from '../transfer/syncResult';
import type { HistoryOptions, WhatToMove } from './choice';
import { type Ends, lookAt } from './lookAt';
import { makePlan } from './plan';
import { type Planned, runPlan } from './runPlan';
import { choose } from './choose';
import { type SyncOptions, waysOf } from './syncRepositories';

export type Direction = NonNullable<SyncOptions['direction']>;

export interface PlanOptions extends WhatToMove, HistoryOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface RunOptions extends Omit<TransferOptions, 'weightHashes'>, PlanOptions {
  /** The fingerprint of the plan that the user agreed to; reason "conflict" when the plan would differ by now. */
  readonly agreedPlan?: string | undefined;
}

/** Looks at both sides once and plans. Changes nothing. */
export async function planTransfer(direction: Direction, sides: Ends, options: PlanOptions): Promise<Planned> {
  const ways = waysOf(direction, sides.remote.config, options);
  const look = await lookAt(sides, { weightsOnly: options.weightHashes !== undefined, signal: options.signal });
  const choice = await choose(options, ways, look, sides, options.signal);
  return { plan: makePlan(ways, look, choice), look, choice };
}

/** Looks once, plans once, runs the plan. Rejects when it could not begin; a cancelled look gives a result that says so. */
export async function transfer(direction: Direction, sides: Ends, options: RunOptions): Promise<SyncResult> {
  const { remote } = sides;
  const { name } = remote.config;
  options.onProgress?.({ phase: 'listing', remote: name, weightsDone: 0, weightsTotal: 0, bytesDone: 0 });
  try {
    if (options.createBucket === true && direction !== 'pull') await remote.create(options.signal);
    const planned = await planTransfer(direction, sides, options);
    if (options.agreedPlan !== undefined && planned.plan.fingerprint !== options.agreedPlan) throw changedMeanwhile(name);
    if (planned.plan.ways.some(({ way }) => way === 'push')) await remote.makeFolder(options.signal);
    return await runPlan(planned, sides, options);
  } catch (error) {
    if (!CoralError.is(error, 'cancelled')) throw error;
    return new SyncResult({ errors: [error.with({ remote: name })] });
  }
}

function changedMeanwhile(remote: string): CoralError {
  return new CoralError(
    'conflict', `Nothing was moved: this repository or ${remote} has changed since you were asked. Look at what would move now.`,
    { remote, conflict: 'plan' });
}
