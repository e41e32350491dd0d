import assert from "node:assert/strict";
import { NameTranslation } from "./name-translation.ts";

describe("NameTranslation", () => {
  const translation = new NameTranslation([
    { public: "tweets.create", internal: "create entry" },
    { public: "tweets.list", internal: "entries: list" },
  ]);

  it("translates both ways, by exact match", () => {
    assert.equal(translation.toPublic("create entry"), "tweets.create");
    assert.equal(translation.toInternal("tweets.create"), "create entry");
    assert.equal(translation.toPublic("create entry "), "create entry ");
    assert.equal(translation.toInternal("tweets"), "tweets");
  });

  it("leaves a name without a translation as it is", () => {
    assert.equal(translation.toPublic("users.create"), "users.create");
    assert.equal(translation.toInternal("users.create"), "users.create");
  });
});
