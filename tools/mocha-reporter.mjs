import mocha from "mocha";

/**
 * mocha's `spec`, with the skipped tests once more at its end, whose titles say what to install, and a closing line that
 * machines can read: `N passed, N failed, N skipped`.
 */
export default class ClosingLine extends mocha.reporters.Spec {
  #skipped = [];

  constructor(runner, options) {
    super(runner, options);
    runner.on(mocha.Runner.constants.EVENT_TEST_PENDING, (test) => this.#skipped.push(test.fullTitle()));
  }

  epilogue() {
    super.epilogue();
    for (const title of this.#skipped) console.log(`skipped: ${title}`);
    const { passes, failures, pending } = this.stats;
    console.log(`\n${passes} passed, ${failures} failed${pending ? `, ${pending} skipped` : ""}`);
  }
}
