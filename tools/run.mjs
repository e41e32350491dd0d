// Runs a task of tools/tasks.ts: `node tools/run.mjs start`.
//
// The only file here that has to run on Node 20 with nothing installed. It installs what is missing, finds a Node that
// strips types (24 from the optional dependency, else the machine's own), and hands over to tools/run-task.ts.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
installWhatIsMissing();
handOver(findNode());

/** npm keeps a copy of the lockfile inside node_modules: as long as it is the younger one, everything is installed. */
function installWhatIsMissing() {
  const lock = join(root, "package-lock.json");
  const installed = join(root, "node_modules", ".package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.error("Installing dependencies (once) …");
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const args = [...npm.slice(1), "ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, error } = spawnSync(npm[0], args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) {
    console.error(`Installing failed${error ? `: ${error.message}` : ""}. Run 'npm ci' to see why.`);
    process.exit(1);
  }
}

function findNode() {
  const bundled = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  if (existsSync(bundled)) return bundled;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  console.error(`On ${process.platform} Exosphere needs Node 22.18 or newer; this is ${process.versions.node}.`);
  process.exit(1);
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
