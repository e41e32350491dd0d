import assert from "node:assert/strict";
import { sample } from "./sample.fixture.ts";
import { tokensSecretOf } from "./tokens.ts";

describe("the Secret with the tokens of an application", () => {
  it("has one for each role, by the key that its pods look for, and keeps those that are there", () => {
    let made = 0;
    const secret = tokensSecretOf(sample, { "admin-token": "kept" }, () => `new-${++made}`) as {
      stringData: Record<string, string>;
    };
    const { "attach-tokens.yml": roles = "", ...tokens } = secret.stringData;
    assert.deepEqual(tokens, {
      "admin-token": "kept",
      "metrics-token": "new-1",
      "attach-token-web": "new-2",
      "attach-token-admin-pages-h12345678": "new-3",
      "attach-token-users": "new-4",
      "attach-token-clients": "new-5",
    });
    assert.deepEqual(JSON.parse(roles), { web: "new-2", "admin pages": "new-3", users: "new-4", clients: "new-5" });
  });
});
