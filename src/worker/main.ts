import { parentPort } from 'node:worker_threads';
import { rememberEnvironment } from '../text/redact';
import { type Port, serve } from './rpc';
import { coralHandlers } from './service';

if (!parentPort) throw new Error('The Coral worker runs in a worker thread.');
const port: Port = parentPort;
rememberEnvironment(process.env);

serve(port, coralHandlers((text) => port.postMessage({ kind: 'log', text })));
