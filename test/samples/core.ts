import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export type Core = typeof import('../../src/core/api');

/** The built core, as any Node program would load it. */
export const loadCore = async (root = process.cwd()): Promise<Core> => (await import(pathToFileURL(resolve(root, 'dist/core.js')).href)) as Core;
