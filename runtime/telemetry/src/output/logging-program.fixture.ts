import { createInterface } from "node:readline";
import { startAdmin } from "@exosphere/http";
import { createLog } from "../log.ts";
import { createRegistry } from "../metrics/process-registry.ts";

/** A program that writes as many lines to its log as each line of its stdin says, and ends with its stdin. Its admin port stands on stderr. */
const log = createLog({ name: "exo-test" });
const admin = await startAdmin({
  host: "127.0.0.1",
  port: 0,
  setting: "--admin-port",
  log,
  registry: createRegistry({ version: "0" }),
  settings: () => ({}),
  ready: () => true,
});
process.stderr.write(`${admin.port}\n`);
const filler = "x".repeat(1000);
let written = 0;
const input = createInterface({ input: process.stdin });
input.on("line", (count) => {
  for (let left = Number(count); left > 0; left -= 1) {
    written += 1;
    log.info({ line: written, filler }, "a line");
  }
});
input.on("close", () => process.exit(0));
