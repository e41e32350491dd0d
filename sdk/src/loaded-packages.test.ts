import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

/** Prints what is loaded with the SDK, a URL a line. */
const program = `
  import { registerHooks } from "node:module";
  registerHooks({ load(url, context, next) { console.log(url); return next(url, context); } });
  await import(${JSON.stringify(new URL("./index.ts", import.meta.url).href)});
`;

describe("What is loaded with the SDK", () => {
  let urls: string[];

  before(function () {
    this.timeout(30_000);
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
    });
    urls = stdout.split("\n").filter((url) => url.startsWith("file:"));
    assert.ok(urls.length > 50, stderr);
  });

  it("is the contract, grpc-js and what that needs: nothing that takes long", () => {
    const packages = urls.map((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? "of the house");
    assert.deepEqual([...new Set(packages)].sort(), [
      "@bufbuild/protobuf",
      "@grpc/grpc-js",
      "@js-sdsl/ordered-map",
      "of the house",
    ]);
    const house = urls.filter((url) => !url.includes("/node_modules/")).map((url) => url.split("/src/")[0]);
    assert.deepEqual(new Set(house.map((url) => url?.split("/").at(-1))), new Set(["sdk", "proto", "frames"]));
  });
});
