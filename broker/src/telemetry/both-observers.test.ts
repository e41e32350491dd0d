import assert from "node:assert/strict";
import type { Loss } from "../core/observer.ts";
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
});
