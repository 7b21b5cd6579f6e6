import { describe } from 'mocha';
import { anyRepositories } from '../samples/anyRepositories';
import { placeOnS3 } from '../samples/placeOnS3';

describe('any repository and any remote on an S3 server', () => {
  anyRepositories({ count: 5, open: placeOnS3 });
});
