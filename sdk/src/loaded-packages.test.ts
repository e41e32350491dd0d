import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

/** Prints what is loaded with the SDK, a URL a line, and with an attempt to attach. */
const program = (options: string) => `
  import { registerHooks } from "node:module";
  registerHooks({ load(url, context, next) { console.log(url); return next(url, context); } });
  const { connect } = await import(${JSON.stringify(new URL("./index.ts", import.meta.url).href)});
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const client = connect({ role: "web", log, ${options} });
  await new Promise((resolve) => client.onStatus(({ kind, error }) => kind === "detached" && error && resolve()));
  client.close();
`;

/** URLs of the files that are loaded. */
function loadedFor(options: string): string[] {
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program(options)], {
    encoding: "utf8",
  });
  const urls = stdout.split("\n").filter((url) => url.startsWith("file:"));
  assert.ok(urls.length > 50, stderr);
  return urls;
}

const packagesOf = (urls: readonly string[]) =>
  [
    ...new Set(urls.map((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? "of the repository")),
  ].sort();

describe("What is loaded with the SDK", function () {
  this.timeout(30_000);

  it("is the contract and what that needs, but not grpc-js, if it attaches by a unix socket", () => {
    const urls = loadedFor('socket: "/nowhere/exocom.sock"');
    assert.deepEqual(packagesOf(urls), ["@bufbuild/protobuf", "of the repository"]);
    const own = urls.filter((url) => !url.includes("/node_modules/")).map((url) => url.split("/src/")[0]);
    assert.deepEqual(
      new Set(own.map((url) => url?.split("/").at(-1))),
      new Set(["sdk", "link", "message", "proto", "frames"]),
    );
  });

  it("is grpc-js as well if it dials a broker over TCP", () => {
    const packages = packagesOf(loadedFor('broker: "127.0.0.1:1"'));
    assert.deepEqual(packages, ["@bufbuild/protobuf", "@grpc/grpc-js", "@js-sdsl/ordered-map", "of the repository"]);
  });
});
