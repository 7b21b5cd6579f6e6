import type { CoralErrorJSON, Reason } from '../../core/base/errors';
import type { SyncCounts, SyncResultJSON } from '../../core/transfer/syncResult';
import { capitalized, formatBytes, formatCount, formatCountOf, formatDuration } from '../../text/format';
import type { TransferAction } from '../../worker/protocol/transfers';
import { countKinds } from './countKinds';

const done: Record<TransferAction, string> = { push: 'Pushed', pull: 'Pulled', sync: 'Synced' };
const towards: Record<TransferAction, string> = { push: 'to', pull: 'from', sync: 'with' };

/** "Push to origin" */
export function transferTitle(direction: TransferAction, remote: string): string {
  return `${capitalized(direction)} ${towards[direction]} ${remote}`;
}

/** "Push Again", for a button */
export function againTitle(direction: TransferAction): string {
  return `${capitalized(direction)} Again`;
}

const causes: Record<Reason, string> = {
  auth: 'credentials refused', denied: 'access denied', missing: 'not found', corrupt: 'damaged', conflict: 'changed on the other side',
  network: 'no connection', busy: 'in use by another program', full: 'disk full', unsupported: 'cannot be read by Coral for VS Code',
  invalid: 'not valid', cancelled: 'cancelled',
};

export function movedWeights(result: SyncResultJSON): number {
  return result.pushedWeights + result.pulledWeights;
}

export function movedNothing(result: SyncResultJSON): boolean {
  return pushed(result).length + pulled(result).length === 0;
}

/** What went there, by kind: "3 weights", "1 commit", "2 branches". */
export function pushed(result: SyncResultJSON): string[] {
  return moved('pushed', result);
}

/** The same for what came here. */
export function pulled(result: SyncResultJSON): string[] {
  return moved('pulled', result);
}

function moved(way: 'pushed' | 'pulled', result: SyncResultJSON): string[] {
  return countKinds((kind) => result[`${way}${capitalized(kind)}` as keyof SyncCounts]);
}

/** "Pushed 1,204 weights (6.8 GB) to origin in 1 min 14 s."; without weights what else moved: "Pushed 1 commit and 1 tag ...". */
export function successText(direction: TransferAction, remote: string, result: SyncResultJSON, milliseconds: number): string {
  const size = result.bytesTransferred > 0 ? ` (${formatBytes(result.bytesTransferred)})` : '';
  const moved = movedWeights(result) > 0 ? `${amount(result)}${size}` : others(result);
  const onlyPulled = direction === 'push' && pushed(result).length === 0;
  const what = wentBothWays(result) ? 'sync' : onlyPulled || (direction === 'push' && result.pulledWeights > 0) ? 'pull' : direction;
  return `${done[what]} ${moved} ${towards[what]} ${remote} in ${formatDuration(milliseconds)}.`;
}

/** "Pushed 1,167 of 1,204 weights to origin. 37 failed: access denied (30), no connection (7)."; a single failure speaks for itself. */
export function partialText(direction: TransferAction, remote: string, result: SyncResultJSON): string {
  const moved = movedWeights(result);
  const failed = result.errors.length;
  const total = moved + result.errors.filter(({ hash }) => hash !== undefined).length;
  const of = total > moved ? `${formatCount(moved)} of ${formatCountOf(total, 'weight')}` : formatCountOf(moved, 'weight');
  const why = failed === 1 ? String(result.errors[0]?.message) : `${countCauses(result.errors)}.`;
  return `${done[direction]} ${of} ${towards[direction]} ${remote}. ${formatCount(failed)} failed: ${why}`;
}

/** "Push to origin cancelled: 812 weights are there; push again to send the rest." */
export function cancelledText(direction: TransferAction, remote: string, moved: number): string {
  const again = { push: 'push again to send the rest', pull: 'pull again to get the rest', sync: 'sync again for the rest' }[direction];
  const place = { push: 'there', pull: 'here', sync: 'across' }[direction];
  const kept = moved === 0 ? 'nothing was moved' : `${formatCountOf(moved, 'weight')} ${moved === 1 ? 'is' : 'are'} ${place}; ${again}`;
  return `${transferTitle(direction, remote)} cancelled: ${kept}.`;
}

/** All that there is to say of a result, line by line. */
export function detailsText(title: string, result: SyncResultJSON): string[] {
  const lines = result.errors.map((error) => `- ${errorLine(error)}`);
  const warnings = result.warnings.map((warning) => `- ${warning}`);
  return [
    `# ${title}`, '',
    `Pushed: ${pushed(result).join(', ') || 'nothing'}`,
    `Pulled: ${pulled(result).join(', ') || 'nothing'}`,
    `Moved: ${formatBytes(result.bytesTransferred)}`, '',
    ...(lines.length > 0 ? [`## ${formatCountOf(lines.length, 'error')}`, '', ...lines, ''] : []),
    ...(warnings.length > 0 ? [`## ${formatCountOf(warnings.length, 'warning')}`, '', ...warnings, ''] : []),
  ];
}

/** An error in one line that names its weight. */
export function errorLine({ hash, message }: Pick<CoralErrorJSON, 'hash' | 'message'>): string {
  return hash === undefined || message.includes(hash) ? message : `${hash}: ${message}`;
}

/** Hashes of the weights that failed, each once. */
export function failedHashes(result: SyncResultJSON): string[] {
  return [...new Set(result.errors.flatMap(({ hash }) => hash ?? []))];
}

/** As a sync does, and a push to a remote that is pulled from first. */
function wentBothWays({ pushedWeights, pulledWeights }: SyncResultJSON): boolean {
  return pushedWeights > 0 && pulledWeights > 0;
}

function amount(result: SyncResultJSON): string {
  if (!wentBothWays(result)) return formatCountOf(movedWeights(result), 'weight');
  return `${formatCount(result.pulledWeights)}↓ ${formatCount(result.pushedWeights)}↑ weights`;
}

/** What moved besides weights, up to two kinds of it; a sync may have moved the same kind both ways. */
function others(result: SyncResultJSON): string {
  const [up, down] = [pushed(result), pulled(result)];
  if (up.length > 0 && down.length > 0) return `${down.slice(0, 2).join(' and ')} down, ${up.slice(0, 2).join(' and ')} up`;
  return [...up, ...down].slice(0, 2).join(' and ');
}

function causeOf({ reason, conflict }: CoralErrorJSON): string {
  return conflict === undefined || conflict === 'diverged' ? causes[reason] : 'not what was agreed to';
}

function countCauses(errors: readonly CoralErrorJSON[]): string {
  const counts = new Map<string, number>();
  for (const cause of errors.map(causeOf)) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1]).map(([cause, count]) => `${cause} (${formatCount(count)})`).join(', ');
}

