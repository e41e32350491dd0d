import assert from "node:assert/strict";
import { bundleProgram } from "./bundle-program.ts";

describe("the program of the single executable", function () {
  this.timeout(60_000);

  it("has everything that its commands are made of, or is refused with what to do", async () => {
    const { parts, modules } = await bundleProgram();
    assert.ok(parts.some(({ name }) => name === "program.cjs"));
    for (const module of ["sidecar/src/main.ts", "grpc-health-check/build/src/health.js", "pino-pretty/index.js"])
      assert.ok(
        modules.some((path) => path.endsWith(`/${module}`)),
        module,
      );
    const health = parts.find(({ code }) => code.includes("HealthCheckResponse"))?.code ?? "";
    assert.match(health, /syntax = \\"proto3\\"/, "the .proto file of gRPC's health service is in it");
  });

  it("loads what a command does not need at the start in parts of its own", async () => {
    const { parts } = await bundleProgram();
    const sizeOf = (name: string) => parts.find((part) => part.name.startsWith(name))?.code.length ?? 0;
    assert.ok(sizeOf("program") < 20_000);
    for (const late of ["prettier-", "open-telemetry-", "prom-client-"]) assert.ok(sizeOf(late) > 100_000, late);
  });
});
