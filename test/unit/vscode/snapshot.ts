import type { OtherKind, StatusSnapshot } from '../../../src/worker/protocol/status';

type Counts = StatusSnapshot['kinds'][OtherKind];

const none: Counts = { ahead: 0, behind: 0, missing: 0, conflicts: 0 };

/** A status that says nothing but what is given, and that something differs. */
export function snapshot({ kinds = {}, ...given }: Omit<Partial<StatusSnapshot>, 'kinds'> & { readonly kinds?: Partial<Record<OtherKind, Partial<Counts>>> }): StatusSnapshot {
  return {
    remote: 'origin', ahead: 0, behind: 0, synced: 3, missing: [], refs: {}, isSynced: false, checkedAt: 5, warnings: [], branches: [],
    ...given,
    kinds: {
      names: { ...none, ...kinds.names }, deltas: { ...none, ...kinds.deltas }, commits: { ...none, ...kinds.commits },
      versions: { ...none, ...kinds.versions }, states: { ...none, ...kinds.states },
      checkpoints: { ...none, ...kinds.checkpoints }, branches: { ...none, ...kinds.branches },
    },
  };
}
