import { appendFileSync } from "node:fs";
import { relative } from "node:path";
import mocha from "mocha";

const { EVENT_SUITE_BEGIN, EVENT_SUITE_END, EVENT_TEST_PENDING } = mocha.Runner.constants;

/**
 * mocha's `spec`, with the skipped tests once more at its end, whose titles say what to install, and a closing line that
 * machines can read: `N passed, N failed, N skipped`.
 *
 * `EXO_SLOWEST_FILES=20` lists so many files with the seconds that each took, its hooks included. `EXO_TEST_COUNTS` names a file to
 * which the three numbers are appended, for a total over several runs.
 */
export default class ClosingLine extends mocha.reporters.Spec {
  #skipped = [];
  /** Milliseconds by file. */
  #times = new Map();

  constructor(runner, options) {
    super(runner, options);
    runner.on(EVENT_TEST_PENDING, (test) => this.#skipped.push(test.fullTitle()));
    runner.on(EVENT_SUITE_BEGIN, (suite) => this.#addTime(suite, -performance.now()));
    runner.on(EVENT_SUITE_END, (suite) => this.#addTime(suite, performance.now()));
  }

  epilogue() {
    super.epilogue();
    for (const title of this.#skipped) console.log(`skipped: ${title}`);
    this.#printSlowest(Number(process.env.EXO_SLOWEST_FILES ?? 0));
    const { passes, failures, pending } = this.stats;
    if (process.env.EXO_TEST_COUNTS) appendFileSync(process.env.EXO_TEST_COUNTS, `${passes} ${failures} ${pending}\n`);
    console.log(`\n${passes} passed, ${failures} failed${pending ? `, ${pending} skipped` : ""}`);
  }

  /** The outermost suites of a file follow each other; those within them count with them. */
  #addTime({ parent, file }, ms) {
    if (parent?.root) this.#times.set(file, (this.#times.get(file) ?? 0) + ms);
  }

  #printSlowest(count) {
    const slowest = [...this.#times].sort(([, one], [, other]) => other - one).slice(0, count);
    for (const [file, ms] of slowest) console.log(`${(ms / 1000).toFixed(1).padStart(7)} s  ${relative("", file)}`);
  }
}
