import Mocha from 'mocha';

/** Mocha's spec report, closed with the plain line that scripts read: `N passed, N failed`. */
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once('end', () => {
      // After the epilogue that the spec reporter prints in its own `end` listener.
      setImmediate(() => {
        const { passes, failures, pending } = this.stats;
        const skipped = pending > 0 ? `, ${pending} skipped` : '';
        process.stdout.write(`${passes} passed, ${failures} failed${skipped}\n`);
      });
    });
  }
}
