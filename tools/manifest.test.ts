import assert from "node:assert/strict";
import { manifestOf, publishable } from "./house.ts";
import { publishedManifest } from "./manifest.ts";

describe("publishedManifest", () => {
  const published = publishedManifest(
    {
      name: "@exosphere/broker",
      version: "0.0.0",
      private: true,
      repository: { type: "git", url: "git+https://github.com/exosphere/exosphere.git", directory: "broker" },
      exports: { ".": "./src/index.ts", "./data": "./src/gen/data.binpb" },
      bin: { exocom: "./src/bin.ts" },
      dependencies: { "@exosphere/proto": "*", ws: "8.1.0" },
      peerDependencies: { "@exosphere/sdk": "*" },
      devDependencies: { mocha: "1.0.0" },
    },
    "2.0.0",
    new Map([
      ["@exosphere/proto", "2.0.0"],
      ["@exosphere/sdk", "2.0.0"],
    ]),
    ["src"],
  );

  it("leads to built files and their types", () => {
    assert.deepEqual(published.exports["."], { types: "./src/index.d.ts", default: "./src/index.js" });
    assert.equal(published.types, "./src/index.d.ts");
    assert.deepEqual(published.bin, { exocom: "./src/bin.js" });
  });

  it("leaves other files as they are", () => {
    assert.equal(published.exports["./data"], "./src/gen/data.binpb");
  });

  it("pins the packages of the house and leaves others as they are", () => {
    assert.equal(published.version, "2.0.0");
    assert.deepEqual(published.dependencies, { "@exosphere/proto": "2.0.0", ws: "8.1.0" });
    assert.deepEqual(published.peerDependencies, { "@exosphere/sdk": "2.0.0" });
  });

  it("keeps what concerns only this repository out", () => {
    assert.equal("devDependencies" in published, false);
    assert.equal("private" in published, false);
  });

  it("can be published", () => {
    assert.deepEqual(published.files, ["src"]);
    assert.deepEqual(published.publishConfig, { access: "public", provenance: true });
    assert.equal(published.bugs.url, "https://github.com/exosphere/exosphere/issues");
  });

  it("is refused without a repository, which provenance is about", () => {
    assert.throws(() => publishedManifest({ name: "a", version: "1.0.0" }, "1.0.0", new Map(), []), /which repository/);
  });
});

describe("the manifests of the packages", () => {
  const { version, repository, license } = manifestOf();

  for (const workspace of publishable) {
    const own = manifestOf(workspace);
    it(`${own.name} says all that a registry shows and provenance needs`, () => {
      const published = publishedManifest(own, version, new Map(), ["src"]);
      assert.equal(own.version, version, "all packages share one version");
      assert.ok(published.description && (published.keywords?.length ?? 0) > 3);
      assert.equal(published.license, license);
      assert.deepEqual(published.repository, { ...repository, directory: workspace });
      assert.match(published.homepage ?? "", new RegExp(`/${workspace}#readme$`));
      // What runs in browsers needs none.
      if (own.name !== "@exosphere/client") assert.equal(published.engines?.node, ">=22.15");
      assert.ok(Object.keys(published.exports).length > 0);
    });
  }
});
