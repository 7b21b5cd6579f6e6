import { describe } from 'mocha';
import { rm } from 'node:fs/promises';
import { anyRepositories } from '../../samples/anyRepositories';
import { folderWith } from '../../samples/randomPart';
import { fileUrl } from '../support/fixtures';

describe('any repository and any file remote', () => {
  anyRepositories({
    count: 20,
    open: () => Promise.resolve({
      canLackMetadata: false,
      make: async (history, part) => {
        const folder = await folderWith(history, part);
        return { url: fileUrl(folder), options: {}, nameless: () => Promise.resolve([]), remove: () => rm(folder, { recursive: true }) };
      },
    }),
  });
});
