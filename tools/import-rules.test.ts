import assert from "node:assert/strict";
import { importBreaches } from "./import-rules.ts";
import { parseSource, type SourceTree } from "./imports.ts";

const house = [
  ...["proto", "runtime/frames", "runtime/telemetry", "runtime/message", "runtime/collections", "broker"],
  ...["sdk", "sdk/cli", "sidecar", "e2e/kit"],
];

/** A tree in which every package exports ".", "./part" and "./testing". */
function treeOf(files: Readonly<Record<string, string>>): SourceTree {
  const nameOf = (folder: string) => `@exosphere/${folder.split("/").at(-1)}`;
  const packages = house.map((folder) => ({
    folder,
    manifest: {
      name: nameOf(folder),
      version: "0.1.0",
      exports: { ".": "./src/index.ts", "./part": "./src/part/index.ts", "./testing": "./src/testing/index.ts" },
    },
  }));
  const repository = { name: "exosphere", version: "0.1.0" };
  return {
    files: Object.entries(files).map(([path, text]) => parseSource(path, text)),
    packages: [{ folder: "", manifest: repository }, ...packages],
  };
}

function breachOf(path: string, text: string): string {
  return importBreaches(treeOf({ [path]: text })).join("\n");
}

function accepts(path: string, text: string): void {
  assert.equal(breachOf(path, text), "");
}

describe("importBreaches", () => {
  it("lets a core take types from the contract, and nothing that runs", () => {
    accepts("broker/src/core/a.ts", 'import type { Reason } from "@exosphere/proto";');
    assert.match(
      breachOf("broker/src/core/a.ts", 'import { Reason } from "@exosphere/proto";'),
      /all that core imports/,
    );
    assert.match(breachOf("broker/src/core/a.ts", 'import type { A } from "@exosphere/telemetry";'), /all that core/);
  });

  it("keeps the layers apart", () => {
    accepts("broker/src/a.ts", 'import "@exosphere/telemetry"; import "@exosphere/frames"; import "@exosphere/proto";');
    accepts("sdk/cli/src/a.ts", 'import "@exosphere/broker"; import "@exosphere/sidecar/part";');
    accepts("bench/src/a.ts", "");
    assert.match(breachOf("proto/src/a.ts", 'import "@exosphere/telemetry";'), /proto\/src\/a.ts:1: .*no packages of/);
    assert.match(breachOf("runtime/frames/src/a.ts", 'import "@exosphere/telemetry";'), /allowed are: proto$/);
    assert.match(breachOf("sdk/src/a.ts", 'import type {} from "@exosphere/telemetry";'), /must not be imported here/);
    assert.match(breachOf("broker/src/a.ts", 'export * from "@exosphere/sidecar";'), /must not be imported here/);
    assert.match(breachOf("sidecar/src/a.ts", 'await import("@exosphere/broker");'), /must not be imported here/);
  });

  it("keeps the broker out of all of the SDK but its mock of the broker", () => {
    accepts("sdk/src/testing/a.ts", 'import "@exosphere/broker"; import "../client/a.ts";');
    assert.match(breachOf("sdk/src/client/a.ts", 'import "@exosphere/broker";'), /must not be imported here/);
    assert.match(breachOf("sdk/src/index.ts", 'import "./testing/a.ts";'), /for tests of services/);
  });

  it("lets a package in only by its exports", () => {
    assert.match(breachOf("broker/src/a.ts", 'import "@exosphere/telemetry/src/log.ts";'), /not among the exports/);
    assert.match(
      breachOf("broker/src/a.ts", 'import "../../runtime/telemetry/src/log.ts";'),
      /leads into another package/,
    );
    assert.match(
      breachOf("runtime/telemetry/src/a.ts", 'import "../../frames/src/a.ts";'),
      /leads into another package/,
    );
    assert.match(breachOf("broker/src/a.ts", 'import "@exosphere/broker/part";'), /its own package/);
  });

  it("asks for the modules of Node by their scheme", () => {
    accepts("broker/src/a.ts", 'import "ws/lib"; import "node:fs";');
    assert.match(breachOf("broker/src/a.ts", 'import "fs";'), /write 'node:fs'/);
  });

  it("lets tests import any package of the house", () => {
    accepts("sdk/src/a.test.ts", 'import "@exosphere/broker";');
    assert.match(breachOf("sdk/src/a.test.ts", 'import "@exosphere/broker/src/b.ts";'), /not among the exports/);
  });

  it("keeps what only tests use out of what runs", () => {
    accepts("e2e/a.test.ts", 'import "@exosphere/kit"; import "./a.fixture.ts";');
    accepts("e2e/kit/src/a.ts", 'import "./b.ts";');
    accepts("sdk/cli/src/a.ts", 'import "@exosphere/sdk/testing";');
    assert.match(breachOf("broker/src/a.ts", 'import "@exosphere/kit";'), /for tests alone/);
    assert.match(breachOf("broker/src/a.ts", 'import "./core/testing/a.ts";'), /for tests alone/);
    assert.match(breachOf("sdk/src/a.ts", 'import "./a.fixture.ts";'), /for tests alone/);
  });

  it("keeps core pure", () => {
    accepts("broker/src/core/a.ts", 'import "./b.ts"; const at = clock.now(); date.setTimeout(); new Date(at);');
    accepts("broker/src/core/a.test.ts", 'import "node:fs"; import "../app.ts"; setTimeout(process.exit);');
    assert.match(breachOf("broker/src/core/a.ts", 'import "@exosphere/proto";'), /not its own core/);
    assert.match(breachOf("broker/src/core/a.ts", 'import "node:crypto";'), /not its own core/);
    assert.match(breachOf("broker/src/core/a.ts", "await import(name);"), /not its own core/);
    assert.match(breachOf("broker/src/core/a.ts", 'import "../config.ts";'), /leads out of core/);
    assert.match(breachOf("broker/src/core/a.ts", 'import type {} from "../grpc/a.ts";'), /leads out of core/);
    const uses = ["process.env", "Date.now()", "new Date()", "setTimeout(f)", "setImmediate(f)", "performance.now()"];
    for (const use of uses) assert.match(breachOf("broker/src/core/a.ts", `const a = ${use};`), /is the platform's/);
  });

  it("keeps the message form, collections and limits as pure as the cores that import them", () => {
    assert.match(breachOf("runtime/collections/src/a.ts", 'import "node:http";'), /not its own core/);
    assert.match(breachOf("runtime/collections/src/a.ts", 'import "node:net";'), /not its own core/);
    accepts("runtime/message/src/a.ts", 'import "./b.ts"; new TextDecoder();');
    assert.match(breachOf("runtime/message/src/a.ts", 'import "node:http";'), /not its own core/);
    assert.match(
      breachOf("runtime/message/src/a.ts", 'import "./json/index.ts";'),
      /leads out of what cores may import/,
    );
    assert.match(breachOf("runtime/message/src/a.ts", "const a = Date.now();"), /is the platform's/);
  });

  it("keeps the edges apart", () => {
    accepts("sidecar/src/app.ts", 'import "./inbound/a.ts"; import "./outbound/a.ts";');
    accepts("sidecar/src/inbound/a.ts", 'import "../core/a.ts"; import "../config.ts"; import "./http/b.ts";');
    accepts("sidecar/src/telemetry/a.ts", 'import "../core/a.ts";');
    assert.match(
      breachOf("sidecar/src/inbound/a.ts", 'import "../outbound/a.ts";'),
      /another edge \(inbound\) imports/,
    );
    assert.match(breachOf("broker/src/grpc/a.ts", 'import type {} from "../telemetry/a.ts";'), /another edge/);
  });
});
