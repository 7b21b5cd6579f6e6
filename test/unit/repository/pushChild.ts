import { Repository } from '../../../src/core/repository/repository';

// Pushes from a process of its own, which may see its files as others do: node pushChild.mjs ROOT REMOTE. Prints the result.
const [, , root = '', remote = ''] = process.argv;
const result = await (await Repository.open(root)).push(remote).catch((error: unknown) => ({ rejected: String(error) }));
process.stdout.write(JSON.stringify(result));
