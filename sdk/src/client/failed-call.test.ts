import assert from "node:assert/strict";
import { ExoError } from "@exosphere/proto";
import { type Client, connect } from "./client.ts";
import { logBy } from "./log.ts";
import { connectedClient, type MemoryBroker } from "./memory-broker.fixture.ts";

/** The ExoError with which a call rejects, awaited as authors do. */
async function errorOf(call: () => Promise<unknown>): Promise<ExoError> {
  try {
    await call();
  } catch (error) {
    assert.ok(error instanceof ExoError);
    return error;
  }
  return assert.fail("The call did not fail.");
}

/** The first line of a stack that is not of the SDK. */
const thisFile = /failed-call\.test\.ts:\d+/;

describe("A call that fails", () => {
  let broker: MemoryBroker;
  let client: Client;

  beforeEach(async () => {
    ({ broker, client } = await connectedClient());
  });
  afterEach(() => client.close());

  it("has the message's name, id and activity as facts, and its caller in the stack", async () => {
    broker.refusing = "QUEUE_FULL";
    const options = { id: "i-1", activityId: "a-1" };
    for (const call of [() => client.send("ask", 1, options), () => client.request("ask", 1, options)]) {
      const error = await errorOf(async () => await call());
      assert.equal(error.reason, "QUEUE_FULL");
      assert.deepEqual(error.facts, { name: "ask", id: "i-1", activityId: "a-1" });
      assert.match(error.stack ?? "", thisFile);
    }
  });

  it("has them for a request with many replies", async () => {
    broker.refusing = "QUEUE_FULL";
    const error = await errorOf(async () => {
      for await (const reply of client.requestMany("ask", 1, { id: "i-2" })) assert.fail(String(reply));
    });
    assert.deepEqual(error.facts, { name: "ask", id: "i-2", activityId: "i-2" });
    assert.match(error.stack ?? "", thisFile);
  });

  it("keeps the facts that are known already", async () => {
    const { facts } = await errorOf(() => client.send("unheard", 1, { id: "i-3" }));
    assert.equal(facts.name, "unheard");
    assert.equal(facts.role, "tester");
    assert.equal(facts.id, "i-3");
  });

  it("has the name and the caller if the message cannot be composed", async () => {
    const error = await errorOf(async () => await client.send("ask", 1n));
    assert.equal(error.reason, "INVALID_MESSAGE");
    assert.deepEqual(error.facts, { name: "ask" });
    assert.match(error.stack ?? "", thisFile);
  });

  it("rejects with the reason of its signal as that is", async () => {
    broker.isConfirming = false;
    const gone = new Error("gone");
    await assert.rejects(client.send("ask", 1, { signal: AbortSignal.abort(gone) }), (error) => error === gone);
  });

  it("has the error of the connection as cause while the bus cannot be reached", async () => {
    const absent = connect({ role: "tester", socket: "/nowhere/exocom.sock", log: logBy(() => {}) });
    try {
      const error = await errorOf(async () => await absent.send("ask", 1, { deadlineMs: 20 }));
      assert.equal(error.reason, "BROKER_UNAVAILABLE");
      assert.match(error.detail, /no such socket \(ENOENT\)/);
      assert.equal((error.cause as { code?: string }).code, "ENOENT");
      assert.equal(error.facts.name, "ask");
    } finally {
      absent.close();
    }
  });
});
