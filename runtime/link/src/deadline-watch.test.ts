import assert from "node:assert/strict";
import { DeadlineWatch } from "./deadline-watch.ts";

const never = Number.POSITIVE_INFINITY;

/** A watch over a list of deadlines, with the moments at which it swept. */
function watchOver() {
  const due: number[] = [];
  const ended: number[] = [];
  const { promise: allEnded, resolve } = Promise.withResolvers<void>();
  const watch = new DeadlineWatch((now) => {
    for (const dueMs of due.splice(0)) (dueMs <= now ? ended : due).push(dueMs);
    if (due.length === 0) resolve();
    return Math.min(never, ...due);
  });
  const add = (inMs: number) => {
    const dueMs = performance.now() + inMs;
    due.push(dueMs);
    watch.watch(dueMs);
    return dueMs;
  };
  return { watch, add, ended, allEnded };
}

describe("DeadlineWatch", () => {
  it("ends everything, and nothing before its deadline", async () => {
    const { add, ended, allEnded } = watchOver();
    const [late, early, past] = [add(6), add(2), add(-1000)];
    await allEnded;
    // What is due at the same sweep is in no order.
    assert.deepEqual(
      ended.sort((a, b) => a - b),
      [past, early, late],
    );
    assert.ok(performance.now() >= late);
  });

  it("watches again after it had nothing to watch", async () => {
    const first = watchOver();
    first.add(1);
    await first.allEnded;
    first.add(1);
    const second = watchOver();
    second.add(1);
    await second.allEnded;
    assert.equal(second.ended.length, 1);
    first.watch.close();
  });

  it("does not sweep once it is closed", async () => {
    const watch = new DeadlineWatch(() => assert.fail("swept"));
    watch.watch(performance.now() - 1);
    watch.close();
    await afterAnother();
  });

  it("waits for what is farther away than a timer can be, without spinning", async () => {
    const watch = new DeadlineWatch(() => assert.fail("swept"));
    // A timer that overflows fires after one millisecond.
    watch.watch(performance.now() + 2 ** 33);
    await afterAnother();
    watch.close();
  });
});

/** Resolves when a watch has ended that is due two milliseconds from now. */
async function afterAnother(): Promise<void> {
  const another = watchOver();
  another.add(2);
  await another.allEnded;
}
