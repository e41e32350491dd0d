import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { exitCodes } from "@exosphere/process";
import { root } from "../house.ts";
import { commands } from "./commands.ts";

const page = readFileSync(join(root, "docs/reference/processes.md"), "utf8");

/** Settings that are TCP ports. */
const isPort = (name: string) => name === "port" || name.endsWith("Port");

describe("docs/reference/processes.md", () => {
  it("lists every port of every command with its default, and no other", () => {
    const rows = [...page.matchAll(/^\| `([\w -]+)` \| `--([\w-]+)`[^|]* \| (\d+|none) \|/gm)];
    const documented = rows.map(([, command, flag, value]) => `${command} --${flag} ${value}`);
    const actual = commands.flatMap(({ name, settings }) =>
      Object.entries(settings)
        .filter(([setting]) => isPort(setting))
        .map(([setting, { default: value }]) => `${name} --${setting.replace("Port", "-port")} ${value ?? "none"}`),
    );
    assert.deepEqual(documented.sort(), actual.sort());
  });

  it("lists every exit code, and no other", () => {
    const documented = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    assert.deepEqual(documented, Object.values(exitCodes));
  });
});
