import * as vscode from 'vscode';
import { CoralError } from '../../core/base/errors';
import { shortHash } from '../../text/format';
import type { ShownWeight } from '../../webview/messages';
import type { OtherVersion } from '../../worker/protocol/details';
import { pickRepository } from '../ask/pickRemote';
import { pickWeight } from '../ask/pickWeight';
import type { Command, CommandServices } from '../command';
import { isShownWeight } from '../panels/pageTargets';
import { selectedWeights } from '../tree/selectedRows';
import { shownWeight } from '../tree/shownWeight';
import { type Item, pick } from '../ui/say';

/** Compares two selected rows, or what is picked: two weights as plain data go without questions. */
export const compareWeights: Command = {
  id: 'coral.compareWeights',
  async run(services, target, selection) {
    const given: readonly ShownWeight[] = isShownWeight(target) ? [target, selection].filter(isShownWeight)
      : selectedWeights(services.remotesView.view, target, selection).map(shownWeight);
    const [one, other] = [given.at(0), given.at(1)];
    if (one && other) return show(services, one, other);
    if (one) return compareWith(services, one);
    const repository = await pickRepository(services.model, target, 'Compare weights of which repository?');
    const picked = repository && await pickWeight(services.client, repository.root, 'Compare which weight?');
    if (picked) await compareWith(services, picked);
  },
};

/** Asks what to compare a weight with: the same name in the commit before, on a remote or in another commit, or any other weight. */
async function compareWith(services: CommandServices, one: ShownWeight): Promise<void> {
  const { otherVersions } = await services.client.call('describeWeight', one);
  const picked = await pick(choices(otherVersions), `Compare ${one.name ?? shortHash(one.hash)} with…`);
  if (!picked) return;
  const { version } = picked;
  const other = version
    ? { root: one.root, hash: version.hash, name: version.name, commit: version.commit }
    : await pickWeight(services.client, one.root, 'Compare with which weight?');
  if (other) show(services, one, other);
}

interface VersionItem extends Item {
  /** undefined for any other weight */
  readonly version?: OtherVersion;
}

/** What is compared most often comes first. */
function choices(versions: readonly OtherVersion[]): VersionItem[] {
  const near = versions.filter((version) => placesOf(version).length > 0)
    .sort((one, other) => Number(other.isPrevious) - Number(one.isPrevious));
  const far = versions.filter((version) => !near.includes(version));
  const separator = (label: string): VersionItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    ...near.map((version) => ({ ...versionItem(version), icon: 'history', label: placesOf(version).join(', ') })),
    ...(far.length > 0 ? [separator(near.length > 0 ? 'other versions' : 'versions'), ...far.map(versionItem)] : []),
    ...(versions.length > 0 ? [separator('')] : []), { icon: 'search', label: 'Another weight…' },
  ];
}

function placesOf({ isPrevious, trackedBy }: OtherVersion): string[] {
  return [...(isPrevious ? ['Previous commit'] : []), ...trackedBy];
}

function versionItem(version: OtherVersion): VersionItem {
  const { commit, hash, message, branches, timestamp } = version;
  return {
    icon: 'git-commit', label: branches.length > 0 ? branches.join(', ') : commit.slice(0, 8), description: `${shortHash(hash)} ${message}`,
    detail: `${commit.slice(0, 8)} · ${timestamp.slice(0, 16).replace('T', ' ')}`, version,
  };
}

function show({ panels }: CommandServices, one: ShownWeight, other: ShownWeight): void {
  if (one.root !== other.root) {
    throw new CoralError('unsupported', 'Weights of different repositories cannot be compared yet. Pull both into one repository.');
  }
  panels.showComparison({ root: one.root, one, other });
}
