/** Forty texts of a stranger: as a name, or as what a server says. */
export const hostileTexts: readonly string[] = [
  '[x](command:coral.push)', '[x](command:coral.push "title")', '![x](https://example.com/x.png)', '[x](https://example.com)', '[x](file:///etc/passwd)',
  '[x][1]', '[1]: command:coral.push', '<command:coral.push>', '<https://example.com>', 'https://example.com/x', 'www.example.com',
  '<a href="command:coral.push">x</a>', '<img src=x onerror=alert(1)>', '<!-- x', '&#91;x&#93;(command:coral.push)', '$(check) fine', '$(sync~spin)', '`code`', '**bold**',
  '# heading', '- list', '1. list', '| a | b |', 'line\n[error] forged', 'line\r\n2026-11-28 [info] forged', 'line\u2028forged', '\u001b[31mred\u001b[0m', '\u001b]8;;https://example.com\u0007x\u001b]8;;\u0007',
  '\u0000\u0001\u007f\u0085', '\u202egnp.exe', '\u2066x\u2069', 'ma\u200bin', 'ma\u200din', '\ufeffx', '\ud800', 's3://joe:pa55word@bucket', 'joe:pa55word@host',
  'https://h/k?X-Amz-Signature=0123abcd&sig=0123abcd', 'AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', `${'x'.repeat(2_000_000)} the end`,
];

/** What is secret in them. */
export const hostileSecrets = /pa55word|0123abcd|AKIAIOSF|wJalrXUtnFEMI|the-token-of-the-session/;
