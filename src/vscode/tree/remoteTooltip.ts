import type * as vscode from 'vscode';
import { formatBytes, formatCount, formatDay, shortHash, speakWeights } from '../../text/format';
import type { StatusSnapshot } from '../../worker/protocol/status';
import type { WeightGroup } from '../../worker/protocol/weights';
import type { RemoteModel } from '../model/remoteModel';
import { factsMarkdown } from '../ui/markdown';
import { countedText, divergedBranches, divergedText, otherDifferences, sharesContents } from '../wording/statusText';

type Fact = readonly [label: string, value: string];

/** Bytes of a group, where they are known. */
type BytesOf = (group: WeightGroup) => number | undefined;

/** What is known of a remote, without asking it anything. Where its credentials come from is said in words; they themselves are not. */
export async function remoteTooltip(remote: RemoteModel, bytesOf: BytesOf): Promise<vscode.MarkdownString> {
  const { summary, status, lastSeen, error } = remote;
  const last = status ?? lastSeen;
  const source = await remote.call('credentialsSource', {}).catch(() => undefined);
  return factsMarkdown(summary.name, [
    ['URL', summary.url],
    ...(summary.endpointUrl === undefined ? [] : [['Endpoint', summary.endpointUrl] as const]),
    ...(summary.region === undefined ? [] : [['Region', summary.region] as const]),
    ...(source === undefined || !remote.needsCredentials ? [] : [['Credentials', source] as const]),
    ...(last ? [[error ? 'Last seen' : 'Checked', formatDay(last.checkedAt, Date.now())] as const] : []),
    ...(last ? statusFacts(last, bytesOf) : []),
    ...(error ? [['Problem', error.message] as const] : []),
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
  const also = otherDifferences(status).join(', ');
  return [
    ['To push', count('ahead')],
    ['To pull', count('behind')],
    ['Synced', count('synced')],
    ...(sharesContents(status) ? [['Counted', countedText] as const] : []),
    ...(also === '' ? [] : [['Also', also] as const]),
    ...divergedBranches(status).map((branch) => ['Diverged', divergedText(branch, status.remote)] as const),
    ...branches.slice(0, maxBranches).map(([branch, commit]) => ['Branch', `${branch} at ${commit}`] as const),
    ...(more > 0 ? [['Branches', `${formatCount(more)} more`] as const] : []),
  ];
}

const maxBranches = 10;
