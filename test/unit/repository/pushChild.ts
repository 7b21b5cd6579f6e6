import { Repository } from '../../../src/core/repository/repository';

// Pushes from a process of its own, which may see its files as others do: node pushChild.mjs ROOT REMOTE [UID]. Prints the result.
const [, , root = '', remote = '', uid] = process.argv;
if (uid !== undefined) {
  process.setgid?.(Number(uid));
  process.setuid?.(Number(uid));
}
const result = await (await Repository.open(root)).push(remote).catch((error: unknown) => ({ rejected: String(error) }));
process.stdout.write(JSON.stringify(result));
