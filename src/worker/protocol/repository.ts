import type { CoralErrorJSON } from '../../core/errors';

export interface RemoteSummary {
  readonly name: string;
  readonly url: string;
  /** s3, gcs, azure or file; whatever else remotes.json says is shown, and refused when it is used */
  readonly backend: string;
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
  readonly autoPush: boolean;
  readonly autoPull: boolean;
}

export interface Tag {
  readonly name: string;
  readonly commit: string;
  readonly description?: string | undefined;
}

/** What a folder's `.coral` says, read without any network. */
export interface RepositorySnapshot {
  readonly root: string;
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
  /** weights in the local store */
  readonly weights: number;
  readonly remotes: readonly RemoteSummary[];
  /** what could not be read, a damaged remotes.json or commit say; the rest is still shown */
  readonly problems: readonly CoralErrorJSON[];
}

export interface RepositoryApi {
  repository(request: { readonly root: string }): Promise<RepositorySnapshot>;
}
