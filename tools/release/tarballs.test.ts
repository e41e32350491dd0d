import assert from "node:assert/strict";
import type { PublishedManifest } from "../manifest.ts";
import { inOrderOfDependencies } from "./tarballs.ts";

const pack = (name: string, ...dependencies: readonly string[]) => ({
  name,
  manifest: {
    dependencies: Object.fromEntries(dependencies.map((each) => [each, "1.0.0"])),
  } as unknown as PublishedManifest,
});

describe("the order in which packages are published", () => {
  it("has none before what it depends on, and leaves the rest as it is", () => {
    const packages = [pack("cli", "broker", "yaml"), pack("sdk"), pack("broker", "proto"), pack("proto")];
    const ordered = inOrderOfDependencies(packages).map(({ name }) => name);
    assert.deepEqual(ordered, ["proto", "broker", "cli", "sdk"]);
  });

  it("is refused where there is none", () => {
    assert.throws(() => inOrderOfDependencies([pack("a", "b"), pack("b", "a")]), /depend on each other: a → b → a/);
  });
});
