import type { Command } from '../command';

export const showLog: Command = { id: 'coral.showLog', run: ({ log }) => log.show() };
