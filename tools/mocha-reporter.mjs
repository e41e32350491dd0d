import mocha from "mocha";

/** mocha's `spec`, with a closing line that machines can read: `N passed, N failed, N skipped`. */
export default class ClosingLine extends mocha.reporters.Spec {
  epilogue() {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    console.log(`\n${passes} passed, ${failures} failed${pending ? `, ${pending} skipped` : ""}`);
  }
}
