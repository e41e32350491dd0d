import assert from "node:assert/strict";
import type { Loss, Observer } from "../core/observer.ts";
import { bothObservers } from "./both-observers.ts";

describe("two observers as one", () => {
  it("both hear, the first one first, and nobody of what neither wants to hear of", () => {
    const heard: string[] = [];
    const both = bothObservers(
      { lost: ({ name }) => heard.push(`first ${name}`), detached: () => heard.push("first alone") },
      { lost: ({ name }) => heard.push(`second ${name}`), publishes: () => heard.push("second alone") },
    );
    both.lost?.({ name: "x" } as Loss);
    both.detached?.(undefined as never, "it left");
    both.publishes?.(undefined as never, undefined as never, undefined as never);
    assert.deepEqual(heard, ["first x", "second x", "first alone", "second alone"]);
    assert.deepEqual(Object.keys(both).sort(), ["detached", "lost", "publishes"]);
  });

  it("may be instances of classes, inherited methods included", () => {
    class Counting implements Observer {
      count = 0;
      lost(): void {
        this.count += 1;
      }
    }
    class Further extends Counting {
      detached(): void {
        this.count += 10;
      }
    }
    const [first, second] = [new Further(), new Counting()];
    const both = bothObservers(first, bothObservers(second, {}));
    both.lost?.({ name: "x" } as Loss);
    both.detached?.(undefined as never, undefined as never);
    assert.deepEqual([first.count, second.count], [11, 1]);
  });
});
