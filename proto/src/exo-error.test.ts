import assert from "node:assert/strict";
import { ExoError } from "./exo-error.ts";

describe("ExoError", () => {
  it("knows its status and code by its reason", () => {
    const error = new ExoError("QUEUE_FULL", "Try again later.", { facts: { limit: 3 }, retryAfterMs: 1000 });
    assert.deepEqual([error.httpStatus, error.grpcCode, error.retryAfterMs], [429, 8, 1000]);
    assert.deepEqual(
      [error.name, error.message, error.facts],
      ["ExoError", "QUEUE_FULL: Try again later.", { limit: 3 }],
    );
    assert.ok(error instanceof Error);
  });

  it("has the status under the name by which web frameworks know it", () => {
    assert.equal(new ExoError("NO_INSTANCE", "nobody").statusCode, 503);
    assert.equal(new ExoError("DEADLINE_EXCEEDED", "late").statusCode, 504);
  });

  it("is recognised if another copy of this package has made it", async () => {
    const other = (await import(`./exo-error.ts?copy=${Date.now()}`)) as typeof import("./exo-error.ts");
    const error = new other.ExoError("NO_INSTANCE", "nobody");
    assert.notEqual(other.ExoError, ExoError);
    assert.ok(error instanceof ExoError);
    assert.equal(ExoError.from(error), error);
  });

  it("is not confused with other errors, nor with classes that extend it", () => {
    class OwnError extends ExoError {}
    const error: unknown = new ExoError("NO_INSTANCE", "nobody");
    assert.equal(error instanceof OwnError, false);
    assert.ok(new OwnError("NO_INSTANCE", "nobody") instanceof OwnError);
    assert.ok(new OwnError("NO_INSTANCE", "nobody") instanceof ExoError);
    for (const value of [new Error("NO_INSTANCE"), { name: "ExoError" }, null, "ExoError"])
      assert.equal((value as unknown) instanceof ExoError, false);
  });

  it("has no cause unless it was given one", () => {
    assert.equal("cause" in new ExoError("DRAINING", "bye"), false);
    const cause = new Error("underneath");
    assert.equal(new ExoError("DRAINING", "bye", { cause }).cause, cause);
  });

  it("keeps the text of anything unexpected to itself", () => {
    for (const thrown of [new Error("secret"), "secret", { secret: true }, undefined, null]) {
      const error = ExoError.from(thrown);
      assert.equal(error.reason, "INTERNAL");
      assert.doesNotMatch(error.message, /secret/);
      assert.equal(error.cause, thrown);
      assert.match(String(error.facts.id), /^[0-9a-f-]{36}$/);
    }
  });

  it("leaves one of its own as it is", () => {
    const error = new ExoError("NO_INSTANCE", "nobody");
    assert.equal(ExoError.from(error), error);
  });

  it("takes a reason of a newer peer for INTERNAL, and keeps its detail", () => {
    const error = ExoError.fromWire("BRAND_NEW", "of the future");
    assert.deepEqual([error.reason, error.detail], ["INTERNAL", "of the future"]);
    assert.equal(ExoError.fromWire("NO_RECEIVERS", "").reason, "NO_RECEIVERS");
  });
});
