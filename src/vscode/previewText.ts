import type { TransferPreview } from '../core/repository/transferPreview';
import type { Room } from '../core/storage/freeSpace';
import type { MovePreview, PlannedWeight } from '../core/transfer/preview';
import { formatBytes, formatCount, formatCountOf, formatTensor, formatTime, shortHash } from './format';
import { transferTitle } from './results';

// What a preview says, in plain text: names and hashes in it come from outside and are never markup.

type Direction = 'push' | 'pull' | 'sync';
type Way = 'push' | 'pull';

const done: Record<Way, string> = { push: 'pushed', pull: 'pulled' };

/** Whether nothing would move, and nothing is kept from moving. */
export function movesNothing({ push, pull }: TransferPreview): boolean {
  return [push, pull].every((move) => move === undefined || move.weights + move.blocked.length === 0);
}

/** "31 weights (4.7 MB) will be pushed, 2 (1.1 MB) pulled." */
export function summaryText(preview: TransferPreview): string {
  const moves = ways(preview).filter(([, { weights }]) => weights > 0);
  const [first, second] = moves.map(([way, move], index) => (index === 0
    ? `${formatCountOf(move.weights, 'weight')} (${sizeOf(move)}) will be ${done[way]}`
    : `${formatCount(move.weights)} (${sizeOf(move)}) ${done[way]}`));
  if (first === undefined) return 'No weight will move.';
  return `${[first, ...(second === undefined ? [] : [second])].join(', ')}.`;
}

/** What else one should know before it begins: what is kept back, want of space, warnings; a sentence each. */
export function remarks(preview: TransferPreview): string[] {
  const blocked = ways(preview).reduce((count, [, move]) => count + move.blocked.length, 0);
  return [...(blocked > 0 ? [`${formatCountOf(blocked, 'weight')} cannot move.`] : []), ...spaceWarnings(preview), ...preview.warnings];
}

/**
 * The whole preview, as a document.
 * @param time when it was made, in milliseconds since 1970
 */
export function previewText(direction: Direction, preview: TransferPreview, time: number): string {
  const warnings = [...spaceWarnings(preview), ...preview.warnings];
  return [
    `${transferTitle(direction, preview.remote)}: ${summaryText(preview)}`,
    `Preview of ${formatTime(time, time)}. Nothing has moved yet.`, '',
    ...ways(preview).flatMap(([way, move]) => moveLines(way, move)),
    ...(warnings.length > 0 ? ['Good to know', ...warnings.map((warning) => `  ${oneLine(warning)}`), ''] : []),
  ].join('\n');
}

function moveLines(way: Way, move: MovePreview & { readonly room?: Room | undefined }): string[] {
  const { weights, first, blocked, present, room } = move;
  const free = room === undefined ? '' : ` (${formatBytes(room.free)} free ${way === 'push' ? 'there' : 'here'})`;
  const head = weights === 0 ? `To ${way}: nothing` : `To ${way}: ${formatCountOf(weights, 'weight')}, ${sizeOf(move)}${free}`;
  return [
    head, ...table(first),
    ...(weights > first.length ? [`  and ${formatCount(weights - first.length)} more`] : []),
    ...(present > 0 ? [`  (${formatCountOf(present, 'weight')} there already)`] : []), '',
    ...(blocked.length > 0 ? [
      `Cannot be ${done[way]}: ${formatCountOf(blocked.length, 'weight')}`,
      ...blocked.slice(0, mostBlocked).map(({ hash, name, why }) => `  ${oneLine(name ?? hash)}  ${oneLine(why)}`),
      ...(blocked.length > mostBlocked ? [`  and ${formatCount(blocked.length - mostBlocked)} more`] : []), '',
    ] : []),
  ];
}

const mostBlocked = 1_000;
const widestName = 60;

/** Name, hash, type and size in columns. */
function table(weights: readonly PlannedWeight[]): string[] {
  const rows = weights.map(({ hash, name, dtype, shape, bytes }) => [
    oneLine(name ?? 'unnamed'), shortHash(hash), dtype === undefined || shape === undefined ? '' : formatTensor(dtype, shape),
    bytes === undefined ? '' : formatBytes(bytes),
  ] as const);
  const width = (column: 0 | 1 | 2 | 3): number => Math.max(0, ...rows.map((row) => row[column].length));
  const [name, hash, tensor, size] = [Math.min(widestName, width(0)), width(1), width(2), width(3)];
  return rows.map((row) => `  ${row[0].padEnd(name)}  ${row[1].padEnd(hash)}  ${row[2].padEnd(tensor)}  ${row[3].padStart(size)}`.trimEnd());
}

function sizeOf({ bytes, isEstimate }: MovePreview): string {
  return `${isEstimate ? 'about ' : ''}${formatBytes(bytes)}`;
}

/** "Pulling needs up to 6.8 GB; 1.2 GB are free in /data." Compression may make do with less. */
function spaceWarnings(preview: TransferPreview): string[] {
  return ways(preview).flatMap(([way, { bytes, room }]) => (room && bytes > room.free
    ? [`${way === 'push' ? 'Pushing' : 'Pulling'} needs up to ${formatBytes(bytes)}; ${formatBytes(room.free)} are free in ${room.path}.`] : []));
}

function ways({ push, pull }: TransferPreview): [Way, NonNullable<TransferPreview[Way]>][] {
  return ([['push', push], ['pull', pull]] as const).flatMap(([way, move]) => (move ? [[way, move]] : []));
}

/** Names and paths may hold anything: no line breaks, no control characters, none that turn text round. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, '�');
}
