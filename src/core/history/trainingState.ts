import { CoralError } from '../base/errors';
import { isObject, keepNumber, NumberText, parseJsonObject } from '../base/json';
import { decodeText } from '../base/textEncoding';

/** How far a training was at a commit, as the Python tool's TrainingState has it. Numbers are as they are written: NaN as well. */
export interface TrainingState {
  readonly commitHash: string;
  readonly epoch: string;
  readonly step: string;
  readonly loss: string | undefined;
  readonly metrics: Readonly<Record<string, string>>;
}

/** A training state from the bytes of a file; reason "corrupt" for what is none. What else it holds is for Python alone. */
export function verifiedState(bytes: Uint8Array, path: string, commitHash: string): TrainingState {
  const data = parseJsonObject(decodeText(bytes), path, 'corrupt', keepNumber);
  const [epoch, step] = [numberIn(data['epoch']), numberIn(data['global_step'])];
  if (epoch === undefined || step === undefined) {
    const text = `${path} is no training state: "epoch" and "global_step" are not numbers. Restore it from a copy.`;
    throw new CoralError('corrupt', text, { path });
  }
  return { commitHash, epoch, step, loss: numberIn(data['loss']), metrics: numbersIn(data['metrics']) };
}

function numbersIn(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).flatMap(([name, item]) => (item instanceof NumberText ? [[name, item.text]] : [])));
}

function numberIn(value: unknown): string | undefined {
  return value instanceof NumberText ? value.text : undefined;
}
