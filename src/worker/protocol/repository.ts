import type { CoralErrorJSON } from '../../core/base/errors';
import type { Place } from '../../core/remotes/agreed';
import type { RemoteConfig } from '../../core/remotes/remoteConfig';

/** An entry of remotes.json without its keys. */
export interface RemoteSummary extends Pick<RemoteConfig, 'name' | 'url' | 'backend' | 'region' | 'endpointUrl' | 'autoPush' | 'autoPull'> {
  /** what it stands for on this machine, with the credentials that are found where none are saved */
  readonly place: Place;
}

export interface Tag {
  readonly name: string;
  readonly commit: string;
  readonly description?: string | undefined;
}

/** What a folder's `.coral` says, read without any network. */
export interface RepositorySnapshot {
  readonly root: string;
  /** where that leads, if it is a link or lies below one */
  readonly realRoot: string;
  /** the current branch; undefined when HEAD is detached */
  readonly branch?: string | undefined;
  /** the commit HEAD is at; undefined before the first one */
  readonly commit?: string | undefined;
  /** branch to commit, "" before its first one */
  readonly branches: Readonly<Record<string, string>>;
  /** the branches of each remote, as they were when commits last went to it or came from it */
  readonly trackingRefs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly tags: readonly Tag[];
  readonly commits: number;
  readonly staged: number;
  readonly trainingStates: number;
  /** weights in the local store */
  readonly weights: number;
  readonly remotes: readonly RemoteSummary[];
  /** what could not be read, a damaged remotes.json or commit say; the rest is still shown */
  readonly problems: readonly CoralErrorJSON[];
}
