import { join } from 'node:path';
import { entriesOf } from '../../base/folders';
import { CoralError } from '../../base/errors';
import type { Finding } from './integrityReport';

/** The files that Coral keeps in `.coral` and in two folders below it, by folder. */
const known: readonly { readonly folder: readonly string[]; readonly isKnown: (name: string) => boolean }[] = [
  {
    folder: [],
    isKnown: (name) => [
      'HEAD', 'config.json', 'coral.toml', 'refs', 'objects', 'staging', 'versions', 'states', 'remotes.json', 'checkpoints', 'registry',
      'sync', 'quarantine',
    ].includes(name),
  },
  { folder: ['objects'], isKnown: (name) => name === 'commits' || /^weights\.h5(\.journal|\.lock)?$/.test(name) },
  { folder: ['objects', 'commits'], isKnown: (name) => /^[0-9a-f]{16,64}(_state)?\.json$/.test(name) },
  { folder: ['versions'], isKnown: (name) => /^[0-9a-f]{8,64}\.json$/.test(name) },
];

/** Remarks about files that Coral does not know, and about leftovers of killed programs. */
export async function strangeFiles(coralFolder: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { folder, isKnown } of known) {
    for (const name of await list(join(coralFolder, ...folder))) {
      if (!isKnown(name)) findings.push(remark(join(coralFolder, ...folder, name), name));
    }
  }
  return findings;
}

function remark(path: string, name: string): Finding {
  const base = { severity: 'remark', subject: 'file', fault: 'unknown', path, mend: 'hand' } as const;
  if (/^weights\.h5\.journal\./.test(name)) {
    return { ...base, message: `${path} is a journal that was kept because another program wrote to weights.h5 after a kill. Remove it once a deep check finds nothing.` };
  }
  if (/^weights\.h5\.spool-/.test(name) || /^\..*\.tmp$/.test(name)) {
    return { ...base, message: `${path} is at work just now, or was left by a program that was killed. It does no harm.` };
  }
  return { ...base, message: `${path} is not a file that Coral knows. It does no harm.` };
}

async function list(folder: string): Promise<string[]> {
  try {
    return (await entriesOf(folder)).map(({ name }) => name);
  } catch (error) {
    if (CoralError.is(error, 'corrupt')) return []; // not a folder: reported by what reads it
    throw error;
  }
}
