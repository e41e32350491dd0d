import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { analyticsSettings } from "@exosphere/analytics";
import { defaultRedacted } from "@exosphere/telemetry";
import { runSettings } from "../src/run/run-settings.ts";
import { tapSettings, topSettings, traceSettings } from "../src/watch/watch-settings.ts";

const file = fileURLToPath(new URL("../../../docs/dashboard.md", import.meta.url));
const text = readFileSync(file, "utf8");

describe("docs/dashboard.md", () => {
  it("names only flags that there are", () => {
    const all = { ...analyticsSettings, ...runSettings, ...tapSettings, ...topSettings, ...traceSettings };
    const known = new Set(["--grpc-port"]);
    for (const name of Object.keys(all)) {
      const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      known.add(`--${flag}`).add(`--no-${flag}`);
    }
    const named = [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag);
    assert.ok(named.length > 20);
    assert.deepEqual(named.filter((flag) => !known.has(flag)), []); // biome-ignore format: one line
  });

  it("gives each command only flags of its own", () => {
    const own = { top: topSettings, tap: tapSettings, trace: traceSettings } as const;
    for (const [, command, rest = ""] of text.matchAll(/^exo (top|tap|trace)(.*?)(?:#|$)/gm)) {
      const names = Object.keys(own[command as keyof typeof own]);
      for (const [, flag = ""] of rest.matchAll(/--([a-z-]+)/g)) assert.ok(names.includes(flag), `${command}: ${flag}`);
    }
  });

  it("tells the defaults as they are, and shows pictures that are there", () => {
    for (const field of ["password", "token", "apiKey"]) assert.ok(defaultRedacted.includes(field));
    for (const [, picture = ""] of text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g))
      assert.ok(existsSync(join(dirname(file), picture)), picture);
  });
});
