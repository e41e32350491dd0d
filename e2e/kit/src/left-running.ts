import { ProcessUnderTest } from "./process-under-test.ts";

/** Hooks around all tests of a run. mocha loads them by .mocharc.json. */
export const mochaHooks = {
  /**
   * Ends what tests have left running, as a run would wait for ever for a process that still holds its output, and fails for it. A
   * `before` that fails often keeps `after` from knowing what to stop.
   */
  async afterAll(): Promise<void> {
    const left = [...ProcessUnderTest.running];
    await Promise.all(left.map((each) => each.kill()));
    if (left.length > 0) throw new Error(`Tests left running: ${left.map(({ entry }) => entry).join(", ")}`);
  },
};
