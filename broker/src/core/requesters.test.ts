import assert from "node:assert/strict";
import type { Instance } from "./instance.ts";
import { Requesters } from "./requesters.ts";

const why = { reason: "HANDLER_FAILED", detail: "it failed" } as const;
const [flooding, other] = [7, 8];

/** The requests of which a requester is told when it attaches. */
function missedBy(requesters: Requesters, requester: number): number[] {
  const told: number[] = [];
  const link = { undeliverable: (request: number) => void told.push(request) };
  requesters.attached({ requester, link } as unknown as Instance);
  return told;
}

describe("Requesters", () => {
  it("are told in order what they missed, once", () => {
    const requesters = new Requesters({ get: () => undefined });
    for (const request of [1, 2, 3]) requesters.undeliverable(other, request, why);
    assert.deepEqual(missedBy(requesters, other), [1, 2, 3]);
    assert.deepEqual(missedBy(requesters, other), []);
  });

  it("miss what is too much for all together if they are those with most of it, and its oldest", () => {
    const requesters = new Requesters({ get: () => undefined });
    for (const request of [1, 2, 3]) requesters.undeliverable(other, request, why);
    for (let request = 1; request <= 20_000; request += 1) requesters.undeliverable(flooding, request, why);
    assert.deepEqual(missedBy(requesters, other), [1, 2, 3]);
    const missed = missedBy(requesters, flooding);
    assert.deepEqual([missed.length, missed.at(0), missed.at(-1)], [9_997, 10_004, 20_000]);
  });
});
