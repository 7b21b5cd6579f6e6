// Mocha's spec output, and at the end the counts and the names of what failed and what was skipped, as JSON in the file
// CORAL_TEST_COUNTS names.
import { writeFileSync } from 'node:fs';
import mocha from 'mocha';

const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PENDING } = mocha.Runner.constants;

export default class Reporter extends mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const [broken, skipped] = [[], []];
    runner.on(EVENT_TEST_FAIL, (test) => broken.push(test.fullTitle()));
    runner.on(EVENT_TEST_PENDING, (test) => skipped.push(test.fullTitle()));
    runner.once(EVENT_RUN_END, () => {
      const { passes: passed, failures: failed } = this.stats;
      const file = process.env.CORAL_TEST_COUNTS;
      if (file) writeFileSync(file, JSON.stringify({ passed, failed, broken, skipped }));
    });
  }
}
