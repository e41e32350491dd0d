// Installs what a task needs and is missing. Like run.mjs, this has to run on Node 20 with nothing installed.
import { spawn } from "node:child_process";
import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Tasks that need no test tools: they are content with the `dependencies` of the manifests. */
export const tasksWithoutTestTools = ["start", "build", "help"];

/** Time in ms between two signs of life, on a terminal and in a log. */
const [tickMs, logTickMs] = [1_000, 30_000];

/** How many lines of npm's are shown when it fails. */
const shownErrors = 10;

/**
 * What npm has to be told so that everything is there, and what that is for people. Undefined if nothing is missing.
 *
 * @param {string} root the folder of the repository
 * @param {string} task name of the task to be run
 * @returns {{ args: readonly string[], what: string } | undefined}
 */
export function missingPackages(root, task) {
  const needsTestTools = !tasksWithoutTestTools.includes(task);
  const hasTestTools = existsSync(join(root, "node_modules", "mocha"));
  if (isUpToDate(root)) {
    if (hasTestTools || !needsTestTools) return undefined;
    // Adds what is missing, where `npm ci` would take away what a running application stands on.
    return { args: ["install", "--no-save", "--include=dev"], what: "the test tools" };
  }
  if (hasTestTools || needsTestTools) return { args: ["ci", "--include=dev"], what: "packages and test tools" };
  return { args: ["ci", "--omit=dev"], what: "packages" };
}

/** npm keeps a copy of the lockfile inside node_modules: as long as it is the younger one, it fits. */
function isUpToDate(root) {
  const lock = join(root, "package-lock.json");
  const installed = join(root, "node_modules", ".package-lock.json");
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs;
}

/**
 * Installs what a task needs and is missing, and says on stderr how far it is: on a terminal every second in one line, else a line
 * at the start, one at the end and one each half minute. Throws an Error with npm's own words if npm fails.
 *
 * @param {string} root the folder of the repository
 * @param {string} task name of the task to be run
 */
export async function installMissing(root, task) {
  const missing = missingPackages(root, task);
  if (missing === undefined) return;
  const say = progressLine(process.stderr);
  const startedMs = Date.now();
  const seconds = () => `${Math.round((Date.now() - startedMs) / 1000)} s`;
  let fetched = 0;
  const doing = `Installing ${missing.what} (once)`;
  say.begin(`${doing} …`);
  const show = () => say.update(`${doing} … ${seconds()}, ${fetched} fetched`);
  const ticking = setInterval(show, process.stderr.isTTY ? tickMs : logTickMs);
  try {
    await npm(root, [...missing.args, "--no-audit", "--no-fund", "--loglevel=http", "--no-progress"], () => fetched++);
  } finally {
    clearInterval(ticking);
    say.end();
  }
  removeHeaders(root);
  console.error(`Installed ${missing.what} in ${seconds()}.`);
}

/** Runs npm, calls back for each package that it fetches. */
function npm(root, args, onFetched) {
  const file = process.env.npm_execpath;
  const [command, ...first] = file ? [process.execPath, file] : ["npm"];
  const child = spawn(command, [...first, ...args], { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  // A terminal's Ctrl-C reaches npm by itself.
  const stop = () => child.kill("SIGTERM") && process.exit(143);
  process.once("SIGTERM", stop);
  const errors = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (/^npm http .*\.tgz/.test(line)) onFetched();
    if (/^npm (error|ERR!)/.test(line) && errors.length < shownErrors) errors.push(line);
  });
  return new Promise((done, fail) => {
    const failed = (why) => fail(new Error(["npm could not install the packages.", ...why].join("\n")));
    child.on("error", (error) => failed([`Could not start ${command}: ${error.message}`]));
    child.on("close", (code) => {
      process.off("SIGTERM", stop);
      if (code === 0) done();
      else failed(errors);
    });
  });
}

/** Of the packages that bring Node, a third are headers for compiling add-ons, which nothing here does: 67 MB. */
function removeHeaders(root) {
  const folder = join(root, "node_modules", `node-${process.platform}-${process.arch}`);
  rmSync(join(folder, "include"), { recursive: true, force: true });
}

/** A line that is written anew on a terminal, and lines below each other elsewhere. */
function progressLine(output) {
  const isTerminal = output.isTTY;
  const clear = "\r\u001b[K";
  return {
    begin: (text) => output.write(isTerminal ? text : `${text}\n`),
    update: (text) => output.write(isTerminal ? `${clear}${text}` : `${text}\n`),
    end: () => isTerminal && output.write(clear),
  };
}
