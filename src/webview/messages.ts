// All that pages and the extension host say to each other.
import type { WeightDifference } from '../core/analysis/compare';
import type { SliceChoice, SliceData } from '../core/analysis/slice';
import type { Statistics } from '../core/analysis/statistics';
import type { RemoteContents, WeightFacts, WeightTarget } from '../worker/protocol/details';
import type { RemoteInfoAnswer } from '../worker/protocol/remotes';

/** Something that a page shows once it has been computed. */
export interface Working<Part extends string> {
  readonly kind: 'working';
  readonly part: Part;
  /** 0 to 1 */
  readonly fraction: number;
  readonly text: string;
}

/** Why a part cannot be shown. */
export interface Problem<Part extends string> {
  readonly kind: 'problem';
  readonly part: Part;
  readonly message: string;
}

/** What every page says: it has loaded, or a part is no longer to be computed. */
export type PageSays<Part extends string> = { readonly kind: 'ready' } | { readonly kind: 'cancel'; readonly part: Part };

/** A part is to be computed again. */
export interface Retry<Part extends string> {
  readonly kind: 'retry';
  readonly part: Part;
}

/** A weight as a row of the tree knows it: what a repository that lacks it cannot say of it. */
export interface ShownWeight extends WeightTarget {
  readonly remote?: string | undefined;
  readonly shape?: readonly number[] | undefined;
  readonly dtype?: string | undefined;
  readonly byteLength?: number | undefined;
}

export type WeightPart = 'facts' | 'statistics' | 'slice';

export type ToWeightPage =
  | { readonly kind: 'facts'; readonly facts: WeightFacts }
  | { readonly kind: 'statistics'; readonly statistics: Statistics }
  | { readonly kind: 'slice'; readonly slice: SliceData };

export type WeightPageAsks =
  | Retry<WeightPart>
  | { readonly kind: 'choose'; readonly choice: SliceChoice }
  | { readonly kind: 'copyHash' }
  | { readonly kind: 'compare' }
  | { readonly kind: 'fetch'; readonly remote: string };

/** What VS Code keeps of a page that is hidden, and across restarts. */
export interface WeightPageState {
  readonly target: ShownWeight;
  readonly scale?: 'linear' | 'log' | undefined;
  readonly choice?: SliceChoice | undefined;
}

export interface ComparisonTarget {
  readonly root: string;
  readonly one: ShownWeight;
  readonly other: ShownWeight;
}

export type ComparisonPart = 'facts' | 'difference';

export type ToComparisonPage =
  | { readonly kind: 'facts'; readonly one: WeightFacts; readonly other: WeightFacts }
  | { readonly kind: 'difference'; readonly difference: WeightDifference };

export type ComparisonPageAsks =
  | Retry<ComparisonPart>
  | { readonly kind: 'show'; readonly side: 'one' | 'other' }
  | { readonly kind: 'fetch'; readonly side: 'one' | 'other'; readonly remote: string };

export interface ComparisonPageState {
  readonly target: ComparisonTarget;
  readonly scale?: 'linear' | 'log' | undefined;
}

export interface RemoteInfoTarget {
  readonly root: string;
  readonly remote: string;
}

export type RemoteInfoPart = 'info' | 'contents';

export type ToRemoteInfoPage =
  | { readonly kind: 'info'; readonly info: RemoteInfoAnswer }
  | { readonly kind: 'contents'; readonly contents: RemoteContents };

export type RemoteInfoPageAsks = Retry<RemoteInfoPart> | { readonly kind: 'copy' };

export interface RemoteInfoPageState {
  readonly target: RemoteInfoTarget;
}
