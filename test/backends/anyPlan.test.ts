import { describe } from 'mocha';
import { anyPlans } from '../samples/anyPlans';
import { placeOnS3 } from '../samples/placeOnS3';

describe('any plan for any repository and any remote on an S3 server', () => {
  anyPlans({ count: 20, meets: ['weights', 'names', 'deltas', 'commits', 'versions', 'states', 'checkpoints', 'branches', 'stays'], open: placeOnS3 });
});
