import * as vscode from 'vscode';
import { CoralError } from '../../core/errors';
import type { ShownWeight } from '../../webview/messages';
import type { WeightVersion } from '../../worker/protocol/details';
import { shortHash } from '../format';
import { isShownWeight } from '../panels/targets';
import type { Services } from '../services';
import { pickRepository } from './pickRemote';
import { pickWeight } from './pickWeight';
import { selectedWeights } from './selectedWeights';
import { shownWeight } from './weightTarget';

/** Compares two selected rows, or what is picked: two weights as plain data go without questions. */
export async function compareWeights(services: Services, target?: unknown, selection?: unknown): Promise<void> {
  const given: readonly ShownWeight[] = isShownWeight(target) ? [target, selection].filter(isShownWeight)
    : selectedWeights(services, target, selection).map((node) => shownWeight(services, node));
  const [one, other] = [given.at(0), given.at(1)];
  if (one && other) return show(services, one, other);
  if (one) return compareWith(services, one);
  const repository = await pickRepository(services, target, 'Compare weights of which repository?');
  const picked = repository && await pickWeight(services, repository.root, 'Compare which weight?');
  if (picked) await compareWith(services, picked);
}

/** Asks what to compare a weight with: the same name in another commit, or any other weight. */
export async function compareWith(services: Services, one: ShownWeight): Promise<void> {
  const { otherVersions } = await services.client.call('describeWeight', one);
  const another = { label: '$(search) Another weight…', version: undefined };
  const items = otherVersions.length === 0 ? [another] : [
    { label: 'other versions', kind: vscode.QuickPickItemKind.Separator, version: undefined },
    ...otherVersions.map(versionItem), { label: '', kind: vscode.QuickPickItemKind.Separator, version: undefined }, another,
  ];
  const picked = await vscode.window.showQuickPick(items, { placeHolder: `Compare ${one.name ?? shortHash(one.hash)} with…`, matchOnDescription: true });
  if (!picked) return;
  const { version } = picked;
  const other = version ? { root: one.root, hash: version.hash, name: version.name, commit: version.commit } : await pickWeight(services, one.root, 'Compare with which weight?');
  if (other) show(services, one, other);
}

function versionItem(version: WeightVersion, index: number): vscode.QuickPickItem & { version: WeightVersion } {
  const { commit, hash, message, branches, timestamp } = version;
  const place = branches.length > 0 ? branches.join(', ') : commit.slice(0, 8);
  const detail = [timestamp.slice(0, 16).replace('T', ' '), ...(index === 0 ? ['the newest other version'] : [])].join(' · ');
  return { label: `$(git-commit) ${place}`, description: `${shortHash(hash)} ${message}`, detail, version };
}

function show(services: Services, one: ShownWeight, other: ShownWeight): void {
  if (one.root !== other.root) throw new CoralError('unsupported', 'Weights of different repositories cannot be compared yet. Pull both into one repository.');
  services.panels.showComparison(services, { root: one.root, one, other });
}
