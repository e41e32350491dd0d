// Runs a task of tools/tasks.ts: `node tools/run.mjs start`.
//
// This and install.mjs are the only files here that have to run on Node 20 with nothing installed. It installs what is missing, finds
// a Node that strips types (24 from the optional dependency, else the machine's own), and hands over to tools/run-task.ts.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installMissing } from "./install.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [task = ""] = process.argv.slice(2);
try {
  await installMissing(root, task);
  handOver(findNode());
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function findNode() {
  const bundled = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  if (existsSync(bundled)) return bundled;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  throw new Error(`On ${process.platform} Exosphere needs Node 22.18 or newer; this is ${process.versions.node}.`);
}

/** A terminal's Ctrl-C reaches the task by itself, as it is in the same process group; other signals are passed on. */
function handOver(node) {
  const env = { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? ""}` };
  const args = ["--disable-warning=ExperimentalWarning", join(root, "tools", "run-task.ts"), ...process.argv.slice(2)];
  const child = spawn(node, args, { cwd: root, env, stdio: "inherit" });
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => child.kill("SIGHUP"));
  child.on("error", (error) => {
    console.error(`Could not start ${node}: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
}
