import type { Progress } from '../../core/transfer/progress';
import { formatBytes, formatBytesOf, formatCount, formatDuration, formatRate } from '../../text/format';

/** "812 of 1,204 weights · 3.1 of 6.8 GB · 92 MB/s · 40 s left" */
export function progressText(progress: Progress, bytesPerSecond: number | undefined): string {
  if (progress.waiting !== undefined) return progress.waiting;
  if (progress.phase === 'listing') return 'comparing the weights of both sides';
  const { weightsDone, weightsTotal, bytesDone, bytesTotal } = progress;
  const noun = weightsTotal === 1 ? 'weight' : 'weights';
  const parts = [`${formatCount(weightsDone)} of ${formatCount(weightsTotal)} ${noun}`];
  if (bytesTotal !== undefined && bytesTotal > 0) parts.push(formatBytesOf(bytesDone, bytesTotal));
  else if (bytesDone > 0) parts.push(formatBytes(bytesDone));
  if (bytesPerSecond !== undefined && bytesPerSecond > 0) {
    parts.push(formatRate(bytesPerSecond));
    if (bytesTotal !== undefined && bytesTotal > bytesDone) {
      parts.push(`${formatDuration(Math.ceil((bytesTotal - bytesDone) / bytesPerSecond) * 1000)} left`);
    }
  }
  return parts.join(' · ');
}
