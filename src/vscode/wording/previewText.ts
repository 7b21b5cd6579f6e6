import type { TransferPreview, WayPreview } from '../../core/sync/transferPreview';
import type { MovePreview, PlannedWeight } from '../../core/sync/describeWeights';
import { formatBytes, formatCount, formatCountOf, formatList, formatTensor, formatTime, shortHash } from '../../text/format';
import { safeText } from '../../text/safeText';
import type { PreviewChoice } from '../../worker/protocol/transfers';
import { countKinds } from './countKinds';
import { transferTitle } from './transferText';

// What a preview says, in plain text: names and hashes in it come from outside and are never markup.

type Way = 'push' | 'pull';

const done: Record<Way, string> = { push: 'pushed', pull: 'pulled' };

/** Whether nothing would move, and nothing is kept from moving. */
export function movesNothing({ push, pull }: TransferPreview): boolean {
  return [push, pull].every((move) => move === undefined || (move.weights + move.blocked.length === 0 && historyParts(move).length === 0));
}

/** "31 weights (4.7 MB) and 2 commits will be pushed, 2 (1.1 MB) pulled." */
export function summaryText(preview: TransferPreview): string {
  const moves = ways(preview).filter(([, move]) => move.weights > 0 || historyParts(move).length > 0);
  const [first, second] = moves.map(([way, move], index) => {
    const isShort = index > 0 && moves.every(([, other]) => other.weights > 0);
    const weights = move.weights === 0
      ? []
      : [`${isShort ? formatCount(move.weights) : formatCountOf(move.weights, 'weight')} (${sizeOf(move)})`];
    return `${formatList([...weights, ...historyParts(move)])} ${index === 0 ? 'will be ' : ''}${done[way]}`;
  });
  if (first === undefined) return 'Nothing will move.';
  return `${[first, ...(second === undefined ? [] : [second])].join(', ')}.`;
}

/**
 * What goes besides weights: "2 commits", "1 tag". Branches are told by name where there is room for them, and counted where nothing else
 * goes.
 */
function historyParts({ weights, history }: WayPreview): string[] {
  if (history === undefined) return [];
  const counted = countKinds((kind) => (kind === 'weights' || kind === 'branches' ? 0 : history[kind]));
  return weights === 0 && counted.length === 0 ? countKinds((kind) => (kind === 'branches' ? history.branches.length : 0)) : counted;
}

/** "Push to origin", "Push to origin up to 1a2b3c4d…" */
export function previewTitle({ direction, upTo }: PreviewChoice, remote: string): string {
  return `${transferTitle(direction, remote)}${upTo === undefined ? '' : ` up to ${shortHash(upTo)}`}`;
}

/** What else one should know before it begins: what is kept back, want of space, warnings; a sentence each. */
export function remarks(preview: TransferPreview): string[] {
  const blocked = ways(preview).reduce((count, [, move]) => count + move.blocked.length, 0);
  const held = ways(preview).flatMap(([, { history }]) => history?.held ?? []).map(oneLine);
  const more = held.length > maxHeld ? [`${formatCount(held.length - maxHeld)} more things stay behind.`] : [];
  return [...(blocked > 0 ? [`${formatCountOf(blocked, 'weight')} cannot move.`] : []), ...held.slice(
    0, maxHeld,
  ), ...more, ...spaceWarnings(preview), ...preview.warnings];
}

/**
 * The whole preview, line by line.
 * @param time when it was made, in milliseconds since 1970
 */
export function previewText(choice: PreviewChoice, preview: TransferPreview, time: number): string[] {
  const warnings = [...spaceWarnings(preview), ...preview.warnings];
  return [
    `${previewTitle(choice, preview.remote)}: ${summaryText(preview)}`,
    `Preview of ${formatTime(time, time)}. Nothing has moved yet.`, '',
    ...ways(preview).flatMap(([way, move]) => moveLines(way, move)),
    ...(warnings.length > 0 ? ['Good to know', ...warnings.map((warning) => `  ${oneLine(warning)}`), ''] : []),
  ];
}

function moveLines(way: Way, move: WayPreview): string[] {
  const { weights, first, blocked, present, room, history: { held = [] } = {} } = move;
  const free = room === undefined ? '' : ` (${formatBytes(room.free)} free ${way === 'push' ? 'there' : 'here'})`;
  const head = weights === 0
    ? `To ${way}: ${historyParts(move).length === 0 ? 'nothing' : 'no weight'}`
    : `To ${way}: ${formatCountOf(weights, 'weight')}, ${sizeOf(move)}${free}`;
  return [
    head, ...historyLines(way, move), ...table(first),
    ...(weights > first.length ? [`  and ${formatCount(weights - first.length)} more`] : []),
    ...(present > 0 ? [`  (${formatCountOf(present, 'weight')} there already)`] : []), '',
    ...(blocked.length > 0 ? [
      `Cannot be ${done[way]}: ${formatCountOf(blocked.length, 'weight')}`,
      ...blocked.slice(0, maxBlocked).map(({ hash, name, why }) => `  ${oneLine(name ?? hash)}  ${oneLine(why)}`),
      ...(blocked.length > maxBlocked ? [`  and ${formatCount(blocked.length - maxBlocked)} more`] : []), '',
    ] : []),
    ...(held.length > 0 ? [
      'Stays behind', ...held.slice(0, maxBlocked).map((why) => `  ${oneLine(why)}`),
      ...(held.length > maxBlocked ? [`  and ${formatCount(held.length - maxBlocked)} more`] : []), '',
    ] : []),
  ];
}

/** What goes with the weights, above them: there may be a thousand. */
function historyLines(way: Way, move: WayPreview): string[] {
  const [parts, branches] = [historyParts(move), move.history?.branches ?? []];
  const lines = [
    ...(parts.length > 0 ? [`  ${move.weights === 0 ? '' : 'with '}${formatList(parts)}`] : []),
    ...branches.slice(0, maxNamed).map((name) => `  Branch ${oneLine(name)} moves ${way === 'push' ? 'there' : 'here'}`),
    ...(branches.length > maxNamed ? [`  and ${formatCount(branches.length - maxNamed)} more branches`] : []),
  ];
  return lines.length > 0 && move.first.length > 0 ? [...lines, ''] : lines;
}

const maxBlocked = 1_000;
const maxNamed = 100;
/** sentences in a question */
const maxHeld = 3;
const maxNameWidth = 60;

/** Name, hash, type and size in columns. */
function table(weights: readonly PlannedWeight[]): string[] {
  const rows = weights.map(({ hash, name, dtype, shape, bytes }) => [
    oneLine(name ?? 'unnamed'), shortHash(hash), dtype === undefined || shape === undefined ? '' : formatTensor(dtype, shape),
    bytes === undefined ? '' : formatBytes(bytes),
  ] as const);
  const width = (column: 0 | 1 | 2 | 3): number => Math.max(0, ...rows.map((row) => row[column].length));
  const [name, hash, tensor, size] = [Math.min(maxNameWidth, width(0)), width(1), width(2), width(3)];
  return rows.map(
    (row) => `  ${row[0].padEnd(name)}  ${row[1].padEnd(hash)}  ${row[2].padEnd(tensor)}  ${row[3].padStart(size)}`.trimEnd(),
  );
}

function sizeOf({ bytes, isEstimate }: MovePreview): string {
  return `${isEstimate ? 'about ' : ''}${formatBytes(bytes)}`;
}

/** "Pulling needs up to 6.8 GB; 1.2 GB are free in /data." Compression may make do with less. */
function spaceWarnings(preview: TransferPreview): string[] {
  return ways(preview).flatMap(([way, { bytes, room }]) => (room && bytes > room.free
    ? [
      `${way === 'push' ? 'Pushing' : 'Pulling'} needs up to ${formatBytes(bytes)}; ${formatBytes(room.free)} are free in ${room.path}.`,
    ] : []));
}

function ways({ push, pull }: TransferPreview): [Way, NonNullable<TransferPreview[Way]>][] {
  return ([['push', push], ['pull', pull]] as const).flatMap(([way, move]) => (move ? [[way, move]] : []));
}

/** Names and paths may hold anything, and columns are as wide as what is shown. */
function oneLine(text: string): string {
  return safeText(text, 'document');
}
