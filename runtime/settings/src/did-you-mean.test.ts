import assert from "node:assert/strict";
import { didYouMean } from "./did-you-mean.ts";

describe("did you mean", () => {
  const known = ["--port", "--host", "--max-payload", "--admin-port"];

  it("names the closest of the known names", () => {
    assert.equal(didYouMean("--prot", known), " (did you mean --port?)");
    assert.equal(didYouMean("--maxpayload", known), " (did you mean --max-payload?)");
  });

  it("completes a name that was cut short", () => {
    assert.equal(didYouMean("--admin", known), " (did you mean --admin-port?)");
  });

  it("says nothing where nothing is close", () => {
    assert.equal(didYouMean("--colour", known), "");
    assert.equal(didYouMean("x", []), "");
  });
});
