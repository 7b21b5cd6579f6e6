import { homedir } from 'node:os';
import { join } from 'node:path';
import { readTextFile } from '../../../base/files';

const maxBytes = 8 * 1024 * 1024;

/** Names of the profiles in the AWS configuration files, each once; none where there are no such files. Nothing else of them is read. */
export async function awsProfiles(environment: Readonly<Record<string, string | undefined>>): Promise<string[]> {
  const folder = join(homedir(), '.aws');
  const keys = await readTextFile(environment['AWS_SHARED_CREDENTIALS_FILE'] ?? join(folder, 'credentials'), maxBytes);
  const settings = await readTextFile(environment['AWS_CONFIG_FILE'] ?? join(folder, 'config'), maxBytes);
  // The second file has other sections as well; those that are profiles say so, but for "default".
  return [...new Set([...sections(keys, /^\[([^\]]+)\]/), ...sections(settings, /^\[(?:profile\s+["']?([^\]"']+)["']?|(default))\]/)])];
}

function sections(text: string | undefined, pattern: RegExp): string[] {
  return (text ?? '').split('\n').flatMap((line) => {
    const [, one, other] = pattern.exec(line.trim()) ?? [];
    const name = one ?? other;
    return name === undefined ? [] : [name.trim()];
  });
}
