import assert from "node:assert/strict";
import { newRouteSliceReceive, newRouteSliceSend } from "@exosphere/proto";
import { NameTable } from "./name-table.ts";

describe("NameTable", () => {
  const names = new NameTable("web", {
    revision: 1,
    sends: [
      newRouteSliceSend({ number: 1, name: "users.create", hasReceivers: true }),
      newRouteSliceSend({ number: 2, name: "users list", hasReceivers: false }),
    ],
    receives: [newRouteSliceReceive({ number: 3, name: "users.created" })],
  });

  it("knows the numbers of what may be sent, and the names of what is received", () => {
    assert.deepEqual([names.numberOf("users.create"), names.numberOf("users list")], [1, 2]);
    assert.equal(names.nameOf(3), "users.created");
    assert.deepEqual([names.isReceived("users.created"), names.isReceived("users.create")], [true, false]);
  });

  it("does not mix up the two", () => {
    assert.equal(names.numberOf("users.created"), 0);
    assert.equal(names.nameOf(1), undefined);
  });

  it("says why a message may not be sent, naming role and message", () => {
    assert.equal(names.refusalOf("users.create"), undefined);
    const notAllowed = names.refusalOf("users.created");
    assert.equal(notAllowed?.reason, "NOT_ALLOWED");
    assert.deepEqual(notAllowed?.facts, { name: "users.created", role: "web" });
    assert.equal(names.refusalOf("users list")?.reason, "NO_RECEIVERS");
    assert.equal(names.refusalOf("constructor")?.reason, "NOT_ALLOWED");
  });
});
