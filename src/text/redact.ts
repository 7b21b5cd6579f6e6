// Takes secrets out of text, by their shape and by their value. Imports nothing: core, worker, host and pages share it.

/** Stands where a secret was. */
const mark = '***';

/** A shorter one is an everyday word too often, and taking that out of all text would tell it. */
const minSecret = 8;

/** Sign-ins that are renewed give new keys for as long as the window is open. */
const maxSecrets = 100;

/** By secret, all the forms in which it may come back. */
const secrets = new Map<string, readonly string[]>();

/** From now on no text of this thread shows this value, as it is or encoded. */
export function rememberSecret(value: string | undefined): void {
  // Half a character cannot be encoded, and is in no header.
  if (value === undefined || value.length < minSecret || secrets.has(value) || /\p{Cs}/u.test(value)) return;
  const [oldest] = secrets.keys();
  if (secrets.size >= maxSecrets && oldest !== undefined) secrets.delete(oldest);
  secrets.set(value, formsOf(value));
}

/**
 * The same for what a server may be shown. An id is told apart from a secret by its length: that of a test server is often a
 * plain word.
 */
export function rememberCredentials(
  keys: { readonly accessKeyId?: string; readonly secretAccessKey?: string; readonly sessionToken?: string | undefined },
): void {
  rememberSecret(keys.secretAccessKey);
  rememberSecret(keys.sessionToken);
  if ((keys.accessKeyId ?? '').length >= 16) rememberSecret(keys.accessKeyId);
}

/** The same for what environment variables hold that are read for credentials. */
export function rememberEnvironment(environment: Readonly<Record<string, string | undefined>>): void {
  for (const name of ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'MINIO_SECRET_KEY']) rememberSecret(environment[name]);
}

function formsOf(value: string): string[] {
  const encoded = encodeURIComponent(value);
  const lowerCase = encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  const base64 = [0, 1, 2].map((shift) => base64Within(value, shift));
  const forms = [
    value, encoded, lowerCase, encodeURIComponent(encoded), encoded.replaceAll('%20', '+'), JSON.stringify(value).slice(1, -1),
    value.replaceAll('&', '&amp;'),
    ...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')), ...base64.map(encodeURIComponent),
  ];
  return [...new Set(forms)].sort((one, other) => other.length - one.length);
}

/** What the value's own bits become in the Base64 of a longer text, where `shift` bytes (modulo 3) come before it. */
function base64Within(value: string, shift: number): string {
  const bytes = new TextEncoder().encode(value);
  const text = btoa('\0'.repeat(shift) + String.fromCharCode(...bytes));
  return text.slice(Math.ceil(shift * 8 / 6), Math.floor((shift + bytes.length) * 8 / 6));
}

const named = String.raw`(?:sig|signature|credential|token|secret|password|passwd|pwd|key|auth)`;

const settingNames = `(?:${[
  'account_?key', 'shared_?access_?(?:key|signature)', '(?:secret|access)_?(?:access_?)?key(?:_?id)?',
  '(?:session|security|access|refresh|id|auth)[_-]?token', 'client_?secret', 'password', 'passwd', 'signature', 'credential',
].join('|')})`;

/** What secrets look like. No pattern goes back over more than it has read once: hostile text costs no more than other text. */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g, '[private key]'],
  // User and password of a URL, its "@" encoded or not; and of one within a URL.
  [/([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#"'<>]*(?:@|%40)/gi, `$1${mark}@`],
  [/(%3a%2f%2f)(?:(?!%2f)[^\s/?#&"'<>])*(?:@|%40)/gi, `$1${mark}%40`],
  // The same without a scheme: user:password@host
  [/(?<![^\s"'(=,;<>[\]])[\w.+%-]{1,128}:[^\s/"'<>]{1,512}(?:@|%40)(?=[\w[])/g, `${mark}@`],
  // Signatures and keys in a query, and in a query within a query.
  [new RegExp(String.raw`((?:[?&;]|%3f|%26)[\w.-]{0,40}${named}[\w.-]{0,40}(?:=|%3d))(?:(?!%26)[^\s&;#"'<>])+`, 'gi'), `$1${mark}`],
  // Connection strings, headers, JSON, XML and settings: AccountKey=..., "secret_key": "...", <SessionToken>...
  [new RegExp(String.raw`(${settingNames}["']?\s{0,4}[=:>]\s{0,4}["']?)[^\s"',;&<>]{6,}`, 'gi'), `$1${mark}`],
  [/\b(Bearer|Basic|Token) +(?=[A-Za-z+/._~-]*[0-9=])[\w+/=.~-]{8,}/gi, `$1 ${mark}`],
  [/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, mark],
  [/\b(AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{12,}\b/g, `$1${mark}`],
  [/\b(AIza|ghp_|gho_|github_pat_|hf_|sk-|xox[abp]-|GOOG1E)[\w-]{16,}/g, `$1${mark}`],
  // Keys and tokens that stand alone: long, of mixed letters and digits; hashes are lower case. With slashes in it only what has
  // the length of a key.
  [/(?<![\w+/=-])(?=[a-z0-9+]*[A-Z])(?=[A-Z0-9+]*[a-z])(?=[A-Za-z+]*[0-9])[A-Za-z0-9+]{40,}={0,2}(?![\w+/=-])/g, mark],
  [/(?<![^\s"'=:,;(>⏎])(?=(?:[a-z0-9+/]*[A-Z]){5})(?=[A-Za-z+/]*[0-9])[A-Za-z0-9+][A-Za-z0-9+/]{39}(?![^\s"',;:)<.⏎])/g, mark],
];

/** The text without secrets. Doing it twice changes nothing more. */
export function redact(text: string): string {
  let safe = text;
  for (const forms of secrets.values()) for (const form of forms) safe = safe.replaceAll(form, mark);
  for (const [shape, instead] of shapes) safe = safe.replace(shape, instead);
  return safe;
}
