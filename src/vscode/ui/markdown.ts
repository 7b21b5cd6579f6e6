import * as vscode from 'vscode';
import { safeText } from '../../text/safeText';

// The one place where Markdown is made: outside text appears in it as it is, whatever signs it holds.

/** Paragraphs of text. */
export function plainMarkdown(...paragraphs: string[]): vscode.MarkdownString {
  return new vscode.MarkdownString(paragraphs.map((text) => safeText(text, 'tooltip')).join('\n\n'));
}

export type Fact = readonly [label: string, value: string | undefined];

/** A title, its other lines if it has any, and a list of "label: value" of those that have a value. */
export function factsMarkdown(title: string, facts: readonly Fact[]): vscode.MarkdownString {
  const [first = '', ...others] = title.split(/\r\n?|\n/).filter((line) => line.trim() !== '').slice(0, maxLines)
    .map((line) => safeText(line.trim(), 'tooltip'));
  const list = facts.flatMap(([label, value]) => (value ? `- ${label}: ${safeText(value, 'tooltip')}` : [])).join('\n');
  return new vscode.MarkdownString([`**${first}**`, ...(others.length > 0 ? [others.join('  \n')] : []), list].join('\n\n'));
}

/** of a title: a commit's message may have many */
const maxLines = 30;

/**
 * A line for each thing, and below it links to some of our commands, which get the thing's own argument; then what there is to say of all.
 */
export function linksMarkdown(things: readonly LinkedThing[], remarks: readonly string[], after: readonly Link[]): vscode.MarkdownString {
  const link = ({ title, command }: Link, target?: unknown): string => (
    `[${title}](command:${command}${target === undefined ? '' : `?${encodeURIComponent(JSON.stringify([target]))}`})`);
  const lines = things.map(({ name, text, target, links }) => (
    `**${safeText(name, 'tooltip')}** ${safeText(text, 'tooltip')}  \n${links.map((one) => link(one, target)).join(' · ')}`));
  const markdown = new vscode.MarkdownString(
    [...lines, ...remarks.map((text) => safeText(text, 'tooltip')), after.map((one) => link(one)).join(' · ')].join('\n\n'),
  );
  markdown.isTrusted = { enabledCommands: [...things.flatMap(({ links }) => links), ...after].map(({ command }) => command) };
  return markdown;
}

export interface Link {
  readonly title: string;
  readonly command: string;
}

export interface LinkedThing {
  readonly name: string;
  readonly text: string;
  readonly target: object;
  readonly links: readonly Link[];
}
