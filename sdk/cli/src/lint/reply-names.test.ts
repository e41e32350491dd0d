import assert from "node:assert/strict";
import { replyNames } from "./reply-names.ts";

describe("replyNames", () => {
  it("are the past of the verb, with and without 'not', whichever separator is used", () => {
    for (const [request, reply] of [
      ["users.create", "users.created"],
      ["users.create", "users.not-created"],
      ["users.list", "users.listed"],
      ["cart: empty", "cart: emptied"],
      ["jobs/stop", "jobs/stopped"],
      ["say-hello", "sayed-hello"],
      ["search.find", "search.found"],
    ] as const)
      assert.ok(replyNames(request).includes(reply), `${request} → ${reply}: ${replyNames(request)}`);
  });

  it("are none for what is no verb", () => {
    assert.deepEqual(replyNames("users."), []);
    assert.deepEqual(replyNames("users.2"), []);
    assert.ok(!replyNames("users.create").includes("users.create"));
  });
});
