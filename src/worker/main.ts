import { parentPort } from 'node:worker_threads';
import { type Port, serve } from './rpc';
import { coralHandlers } from './service';

if (!parentPort) throw new Error('The Coral worker runs in a worker thread.');
const port: Port = parentPort;

serve(port, coralHandlers((text) => port.postMessage({ kind: 'log', text })));
