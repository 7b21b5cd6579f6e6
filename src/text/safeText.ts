import { redact } from './redact';

// Text from outside: what a server says, names of branches, weights, remotes and files, what a repository's files hold.

/** Where text goes. */
export type TextPlace =
  /** a row, a title, an item to pick, the status bar */
  | 'label'
  /** a notification, a question, what is wrong with what was typed */
  | 'message'
  /** below a question; keeps its lines */
  | 'detail'
  /** part of a Markdown text */
  | 'tooltip'
  | 'log'
  /** a line of a document for reading or of diagnostics, which somebody may show as Markdown */
  | 'document'
  /** a text of one of our pages, which takes it for text */
  | 'page'
  /** the clipboard, from where it may go into a terminal: a name has to stay what it is */
  | 'terminal'
  /** the message of an error, which goes on to some of the others */
  | 'error';

interface Rules {
  /** characters, about */
  readonly max: number;
  readonly keepsLines?: true;
  readonly keepsSecrets?: true;
  /** what the place would take for markup, and what stands there instead */
  readonly markup?: readonly [RegExp, string];
}

/** VS Code makes links of [text](command:...) and pictures of $(icon): a space in between takes the meaning away. */
const linksAndIcons = [/\](?=\()|\$(?=\()/g, '$& '] as const;
/** Markdown has [text][1] and [1]: address, too, and HTML. */
const linksAndTags = [/\](?=[([:])|<(?=[A-Za-z/!?])|\$(?=\()/g, '$& '] as const;
const punctuation = [/[!-/:-@[-`{-~]/g, '\\$&'] as const;

const rules: Readonly<Record<TextPlace, Rules>> = {
  label: { max: 500, markup: linksAndIcons },
  message: { max: 1_000, markup: linksAndIcons },
  detail: { max: 4_000, markup: linksAndIcons, keepsLines: true },
  tooltip: { max: 2_000, markup: punctuation },
  log: { max: 2_000 },
  document: { max: 2_000, markup: linksAndTags },
  page: { max: 10_000 },
  terminal: { max: 10_000, keepsSecrets: true },
  error: { max: 2_000 },
};

/** More than is shown is read, so that no secret is cut in two and then not known for what it is. */
const readAhead = 16_384;
/** Where reading stopped, one may have been cut. */
const maxSecret = 2_048;

const lineBreaks = /[\n\v\f\r\u0085\u2028\u2029]+/g;
const otherLineBreaks = /\r\n?|[\v\f\u0085\u2028\u2029]/g;

/**
 * Escape sequences of terminals, controls, half characters, and what is not seen or turns text around. Joiners have a meaning in
 * some scripts and in emoji, and none after a Latin letter.
 */
const unseen = /\u001b\[[0-?]*[ -/]*[@-~]|(?!\n)[\p{Cc}\p{Cs}]|(?![\u200c\u200d])\p{Cf}|(?<=[\0-\u024f\u200c\u200d])[\u200c\u200d]/gu;

/**
 * Text from outside as it may be shown in a place: bounded, of one line where the place has one, nothing in it that cannot be
 * seen, is a secret, or would become a link, a command, an icon or markup there. Text that is safe already stays as it is, except
 * in a tooltip.
 */
export function safeText(text: string, place: TextPlace): string {
  const { max, keepsLines, keepsSecrets, markup } = rules[place];
  const read = text.slice(0, max + readAhead).replaceAll('\t', ' ');
  const seen = (keepsLines ? read.replace(otherLineBreaks, '\n') : read.replace(lineBreaks, '⏎')).replace(unseen, '\ufffd');
  const told = bounded(keepsSecrets ? seen : redact(seen), max, text.length - read.length);
  return markup ? told.replace(...markup) : told;
}

/** @param unread characters at the end of the text that were not even read */
function bounded(text: string, max: number, unread: number): string {
  if (text.length + unread <= max) return text;
  const end = Math.min(max - 40, unread > 0 ? Math.max(0, text.length - maxSecret) : text.length);
  const kept = text.slice(0, end).replace(/[\ud800-\udbff]$/, '');
  return `${kept}… (${(text.length - kept.length + unread).toLocaleString('en-US')} characters more)`;
}
