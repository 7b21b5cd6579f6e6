import { parentPort } from 'node:worker_threads';
import { type Port, serve } from './rpc';
import { CoralService } from './service';

if (!parentPort) throw new Error('The Coral worker runs in a worker thread.');
const port: Port = parentPort;

serve(port, new CoralService().handlers(), (error) => {
  // Whatever WebAssembly trapped on has left its memory in an unknown state. The host starts a new worker on its next call.
  if (isTrap(error)) process.exit(1);
});

function isTrap(error: unknown): boolean {
  return error instanceof Error && (error.name === 'RuntimeError' || isTrap(error.cause));
}
