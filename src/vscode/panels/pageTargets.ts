import { isHash } from '../../core/base/validate';
import type { ComparisonTarget, RemoteInfoTarget, ShownWeight } from '../../webview/messages';
import { hasText } from '../ask/target';

/** Whether plain data from a tab that is restored, or from a caller of a command, names a weight. */
export function isShownWeight(value: unknown): value is ShownWeight {
  return hasText(value, 'root') && hasText(value, 'hash') && isHash(value.hash)
    && (['name', 'commit', 'remote', 'dtype'] as const).every((key) => isAbsentOr(value, key, (part) => typeof part === 'string'))
    && isAbsentOr(value, 'byteLength', (part) => typeof part === 'number')
    && isAbsentOr(value, 'shape', (part) => Array.isArray(part) && part.every((length) => Number.isSafeInteger(length)));
}

export function isComparison(value: unknown): value is ComparisonTarget {
  return hasText(value, 'root') && 'one' in value && 'other' in value && isShownWeight(value.one) && isShownWeight(value.other);
}

export function isRemoteInfo(value: unknown): value is RemoteInfoTarget {
  return hasText(value, 'root') && hasText(value, 'remote');
}

function isAbsentOr(value: object, key: string, check: (part: unknown) => boolean): boolean {
  const part = (value as Record<string, unknown>)[key];
  return part === undefined || part === null || check(part);
}
