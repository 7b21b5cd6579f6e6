import * as vscode from 'vscode';

/** Markdown in which outside text appears as it is, whatever signs it holds. */
export function plainMarkdown(...lines: string[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  lines.forEach((line, index) => {
    if (index > 0) markdown.appendMarkdown('\n\n');
    markdown.appendText(line);
  });
  return markdown;
}

/** A title and a list of "label: value". */
export function factsMarkdown(title: string, facts: readonly (readonly [label: string, value: string])[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString('**').appendText(title).appendMarkdown('**\n\n');
  for (const [label, value] of facts) markdown.appendMarkdown(`- ${label}: `).appendText(value).appendMarkdown('\n');
  return markdown;
}
