import assert from "node:assert/strict";
import { isQuantity } from "./quantity.ts";

describe("an amount of a resource", () => {
  it("is written as Kubernetes writes it", () => {
    for (const text of ["1", "0.5", ".5", "1.", "50m", "128Mi", "1Gi", "2k", "1e3", "1E2", "1E"])
      assert.ok(isQuantity(text), text);
  });

  it("is nothing else, and not 0", () => {
    for (const text of ["", "0", "0m", "-1", "+1", "1 Gi", "1gi", "MB", "1MB", "1e", "1".repeat(31), "1e999"])
      assert.ok(!isQuantity(text), text);
  });
});
