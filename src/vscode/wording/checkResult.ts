// What a connection test saw, in words, and what may be done about it. Knows neither vscode nor the state of anything.
import type { Reason } from '../../core/base/errors';
import { backendOf } from '../../core/storage/backends';
import { formatCountOf } from '../../text/format';
import type { NewRemote, RemoteCheck } from '../../worker/protocol/remotes';

type Checked = Pick<NewRemote, 'name' | 'url'>;

/** Whether nothing is left to put right. */
export function isUsable({ canRead, canWrite }: RemoteCheck): boolean {
  return canRead && canWrite;
}

/** One or two sentences: "origin can be read and written: 118 weights there." */
export function checkText({ name, url }: Checked, check: RemoteCheck): string {
  const { exists, canRead, weights, error } = check;
  const there = `${formatCountOf(weights, 'weight')} there`;
  if (isUsable(check)) return exists
    ? `${name} can be read and written: ${there}.`
    : `${name} can be used: the first push makes ${url.replace(/^file:\/\//, '')}.`;
  if (exists && canRead) return [`${name} can be read but not written: ${there}.`, error?.message].filter(Boolean).join(' ');
  return error?.message ?? `${name} cannot be used.`;
}

export type Repair = 'otherEndpoint' | 'createBucket' | 'credentials' | 'policy' | 'address' | 'retry' | 'save';

const byReason: Partial<Record<Reason, readonly Repair[]>> = {
  auth: ['credentials'],
  denied: ['policy', 'credentials'],
  missing: ['createBucket', 'address'],
  network: ['otherEndpoint', 'address'],
  invalid: ['otherEndpoint', 'address'],
  unsupported: ['address'],
};

/** What may help, the best first. */
export function repairsFor({ url }: Pick<NewRemote, 'url'>, { error, otherEndpoint }: RemoteCheck): Repair[] {
  const fitting = (repair: Repair): boolean => {
    if (repair === 'otherEndpoint') return otherEndpoint !== undefined;
    if (repair === 'policy') return backendOf(url)?.policy !== undefined;
    return repair === 'address' || backendOf(url)?.kind !== 'folder';
  };
  return [...(error ? byReason[error.reason] ?? [] : []).filter(fitting), 'retry', 'save'];
}
