import { describe } from 'mocha';
import { rm } from 'node:fs/promises';
import { anyPlans } from '../../samples/anyPlans';
import type { RemotePlace } from '../../samples/anyRepository';
import { folderWith } from '../../samples/randomPart';
import { fileUrl } from '../support/fixtures';

const folders: RemotePlace = {
  canLackMetadata: false,
  make: async (history, part) => {
    const folder = await folderWith(history, part);
    return { url: fileUrl(folder), options: {}, nameless: () => Promise.resolve([]), remove: () => rm(folder, { recursive: true }) };
  },
};

describe('any plan for any repository and any file remote', () => {
  anyPlans({
    count: 40,
    meets: [
      'weights', 'deltas', 'commits', 'versions', 'states', 'checkpoints', 'branches', 'stays', 'left out', 'pull before push', 'force',
    ],
    open: () => Promise.resolve(folders),
  });
});
