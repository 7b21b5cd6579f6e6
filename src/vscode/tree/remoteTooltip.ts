import type * as vscode from 'vscode';
import { formatBytes, formatCount, formatDay, shortHash, speakWeights } from '../../text/format';
import type { StatusSnapshot } from '../../worker/protocol/status';
import type { WeightGroup } from '../../worker/protocol/weights';
import type { RemoteModel } from '../model/remoteModel';
import { type Fact, factsMarkdown } from '../ui/markdown';
import { countedText, divergedBranches, divergedText, otherDifferences, sharesContents } from '../wording/statusText';

/** Bytes of a group, where they are known. */
type BytesOf = (group: WeightGroup) => number | undefined;

/** What is known of a remote, without asking it anything. Where its credentials come from is said in words; they themselves are not. */
export async function remoteTooltip(remote: RemoteModel, bytesOf: BytesOf): Promise<vscode.MarkdownString> {
  const { summary, status, lastSeen, error } = remote;
  const last = status ?? lastSeen;
  const source = await remote.call('credentialsSource', {}).catch(() => undefined);
  return factsMarkdown(summary.name, [
    ['URL', summary.url],
    ['Endpoint', summary.endpointUrl],
    ['Region', summary.region],
    ['Credentials', remote.needsCredentials ? source : undefined],
    [error ? 'Last seen' : 'Checked', last && formatDay(last.checkedAt, Date.now())],
    ...(last ? statusFacts(last, bytesOf) : []),
    ['Problem', error?.message],
  ]);
}

function statusFacts(status: StatusSnapshot, bytesOf: BytesOf): Fact[] {
  const count = (group: WeightGroup): string => {
    const bytes = bytesOf(group);
    return [
      speakWeights({ weights: status[group], names: status.names?.[group] }), ...(bytes === undefined ? [] : [formatBytes(bytes)]),
    ].join(', ');
  };
  const branches = Object.entries(status.refs).map(([branch, commit]) => [branch, shortHash(commit)] as const);
  const more = branches.length - maxBranches;
  return [
    ['To push', count('ahead')],
    ['To pull', count('behind')],
    ['Synced', count('synced')],
    ['Counted', sharesContents(status) ? countedText : undefined],
    ['Also', otherDifferences(status).join(', ')],
    ...divergedBranches(status).map((branch) => ['Diverged', divergedText(branch, status.remote)] as const),
    ...branches.slice(0, maxBranches).map(([branch, commit]) => ['Branch', `${branch} at ${commit}`] as const),
    ['Branches', more > 0 ? `${formatCount(more)} more` : undefined],
  ];
}

const maxBranches = 10;
