import type { Command } from './command';

/** What the files of commands/ export: esbuild.mjs puts them in here, so that a new command is in no list. */
export declare const allCommands: readonly Command[];
