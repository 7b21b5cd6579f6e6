import { CoralError } from './errors';

/** A weight or delta hash: 16 hex digits today, up to 64 by its format. Lower case only, so that it is one file name everywhere. */
export function isHash(text: string): boolean {
  return /^[0-9a-f]{16,64}$/.test(text);
}

/** Commits have 32 hex digits, 16 in old repositories. */
export function isCommitHash(text: string): boolean {
  return isHash(text);
}

/** Returns `text`; throws "invalid" when it is no hash. */
export function checkHash(text: string): string {
  if (!isHash(text)) throw invalid('hash', text, 'it must be 16 to 64 digits 0-9 a-f');
  return text;
}

/** Returns `name`; throws "invalid" unless it can be one file or folder name on every system. */
export function checkRemoteName(name: string): string {
  const problem = fileNameProblem(name);
  if (problem !== undefined) throw invalid('remote name', name, problem);
  return name;
}

/** Returns `name`; throws "invalid" unless it is a path below refs/heads on every system: "main", "team/trial-2". */
export function checkBranchName(name: string): string {
  const problem = branchProblem(name);
  if (problem !== undefined) throw invalid('branch name', name, problem);
  return name;
}

/** Returns `name`; throws "invalid" unless it is a branch name without slashes: the Python tool makes a file of it, and no folder. */
export function checkExperimentName(name: string): string {
  const problem = branchProblem(name) ?? (name.includes('/') ? 'it must not contain a slash' : undefined);
  if (problem !== undefined) throw invalid('name of an experiment', name, problem);
  return name;
}

/** Returns `name`; throws "invalid" for the names that Coral's Python tool cannot store. */
export function checkWeightName(name: string): string {
  if (name.includes('\0')) throw invalid('weight name', name, 'it holds a NUL character, which an HDF5 file cannot store');
  if (loneSurrogate.test(name)) throw invalid('weight name', name, 'it holds half a character (a lone surrogate), which is no valid Unicode text');
  return name;
}

const loneSurrogate = /\p{Surrogate}/u;
const controlCharacter = /\p{Cc}/u;
const windowsDevice = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)/i;
/** File systems take 255; ".json" and the like are added to the name. */
const maxNameBytes = 200;

function branchProblem(name: string): string | undefined {
  if (name.startsWith('/') || name.endsWith('/') || name.includes('//')) return 'every part between slashes needs a name';
  const parts = name.split('/');
  const problem = parts.map(fileNameProblem).find((found) => found !== undefined);
  if (problem !== undefined) return problem;
  return parts.some((part) => /\.lock$/i.test(part)) ? 'no part may end in ".lock"' : undefined;
}

/** Windows' rules apply everywhere, because repositories travel. */
function fileNameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (Buffer.byteLength(name) > maxNameBytes) return `it is longer than ${maxNameBytes} bytes`;
  if (controlCharacter.test(name) || loneSurrogate.test(name)) return 'it holds characters that cannot be shown';
  if (/[/\\:*?"<>|]/.test(name)) return 'it must not contain any of / \\ : * ? " < > |';
  if (/^[.\s-]/u.test(name)) return 'it must not start with a dot, a dash or a space';
  if (/[.\s]$/u.test(name)) return 'it must not end with a dot or a space';
  if (windowsDevice.test(name)) return 'Windows keeps that name for a device';
  return undefined;
}

function invalid(what: string, text: string, problem: string): CoralError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return new CoralError('invalid', `${JSON.stringify(shown)} cannot be used as a ${what}: ${problem}.`);
}
