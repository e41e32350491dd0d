import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("docs/observability.md", () => {
  it("has the attributes of spans that the code has", () => {
    const text = read("docs/observability.md");
    const maker = read("runtime/telemetry/src/tracing/span-maker.ts");
    for (const [, attribute = ""] of maker.matchAll(/"((?:messaging|exosphere|error)\.[\w.]+)"/g))
      assert.ok(text.includes(`\`${attribute}\``) || attribute === "exosphere.link", attribute);
  });
});
