import { buildFolder, buildIfStale, keepCompiledCode } from "./build-tree.ts";
import { buildFerretdb } from "./ferretdb.ts";
import { installed, run } from "./house.ts";
import { buildKubernetesApi } from "./kubernetes.ts";
import { runTests } from "./run-tests.ts";
import { start } from "./start.ts";

/** What a script of package.json does. */
export interface Task {
  /** For people, in one line. */
  readonly does: string;
  /** Takes what follows the name on the command line. Ends the process with another exit code than 0 if it fails. */
  readonly run: (args: readonly string[]) => void | Promise<void>;
}

/** Every task of the repository, by the name of its npm script. What few of them need is loaded by these alone. */
export const tasks: Readonly<Record<string, Task>> = {
  start: { does: "runs the example application, or the one in FOLDER: npm start [-- FOLDER]", run: start },
  test: {
    does: "runs every test but the slow ones, or those below PATH: npm test [-- PATH]",
    run: (args) => runTests("quick", args),
  },
  "test:slow": {
    does: "runs the tests that take long (*.slow.test.ts: chaos, load, long fuzzing)",
    run: (args) => runTests("slow", args),
  },
  types: {
    does: "type-checks everything, tests and tools included",
    run() {
      run(installed("typescript/bin/tsc"), ["-p", "tsconfig.json"]);
      // What runs in browsers, by itself: it has other globals.
      run(installed("typescript/bin/tsc"), ["-p", "services/analytics/page/tsconfig.json"]);
    },
  },
  lint: { does: "checks layout and lint rules", run: biome("check", "--error-on-warnings") },
  format: { does: "mends layout, and what the linter can mend", run: biome("check", "--write") },
  build: {
    does: "makes publishable JavaScript in build/, anew with --force",
    run(args) {
      const wasStale = buildIfStale({ force: args.includes("--force") });
      console.log(wasStale ? "Built into build/." : "build/ is up to date.");
    },
  },
  "build:binaries": {
    does: "makes one executable of all commands in build/binaries/, which needs no Node",
    run: async () => (await import("./binaries/build-binaries.ts")).buildBinariesAloud(),
  },
  release: {
    does: "publishes all packages, after checking them; with --dry-run it only checks: npm run release -- --dry-run",
    run: async (args) => (await import("./release/release.ts")).release(args),
  },
  "release:version": {
    does: "gives all packages a version, and names the news in CHANGELOG.md so: npm run release:version 1.2.0",
    run: async (args) => (await import("./release/release.ts")).prepareVersion(args),
  },
  walk: {
    does: "prints which functions one request and its reply pass: npm run walk -- --list",
    run: (args) => run("e2e/walk/main.ts", args),
  },
  fuzz: {
    does: "fuzzes all edges: npm run fuzz -- --seconds 600 --seed 7",
    run: (args) => run("e2e/fuzz/main.ts", args),
  },
  bench: { does: "measures Exosphere beside its peers: npm run bench -- --help", run: measure("bench/src/main.ts") },
  "bench:telemetry": {
    does: "measures what metrics and traces cost",
    run: measure("bench/src/telemetry/main.ts"),
  },
  "bench:dashboard": {
    does: "measures what a dashboard that is open costs the bus",
    run: measure("bench/src/dashboard/main.ts"),
  },
  "bench:gateway": {
    does: "measures what connected clients cost the gateway",
    run: (args) => run("bench/src/gateway/main.ts", args),
  },
  "bench:fairness": {
    does: "measures whether others get through while one client misbehaves",
    run: (args) => run("bench/src/fairness/main.ts", args),
  },
  "bench:first-answer": {
    does: "measures how long it takes from an empty folder to the first answer of an application",
    run: measure("bench/src/first-answer/main.ts"),
  },
  "bench:codec": {
    does: "measures writing and reading a publish and a delivery, beside other checkouts",
    run: (args) => run("bench/src/codec/main.ts", args),
  },
  "bench:check": {
    does: "compares the last result of the benchmark with the goals",
    run: (args) => run("bench/src/check.ts", args),
  },
  "bench:docs": {
    does: "puts the last result of the benchmark into docs/performance.md",
    run: (args) => run("bench/src/docs.ts", args),
  },
  "bench:profiles": {
    does: "sums up the CPU profiles of a benchmark: npm run bench:profiles FOLDER",
    run: (args) => run("bench/src/profiles.ts", args),
  },
  "proto:generate": {
    does: "generates code from proto/; to be run and committed after every change there",
    run: async () => (await import("./proto.ts")).generateInPlace(),
  },
  "proto:check": {
    does: "fails if the generated code is not what proto/ generates",
    run: async () => (await import("./proto.ts")).checkGenerated(),
  },
  "proto:lint": {
    does: "lints proto/, and compares it with what was released",
    run: async () => (await import("./proto.ts")).lintContract(),
  },
  "message:generate": {
    does: "generates what reads and writes messages, from the list of their fields",
    run: async () => (await import("./message-code/generate.ts")).writeMessageModules(),
  },
  "sdk:api": {
    does: "writes sdk/api.md, the public API of the SDK",
    run: async () => (await import("./sdk-api.ts")).writeSdkApi(),
  },
  "sdk:api:check": {
    does: "fails if sdk/api.md is not the public API of the SDK",
    run: async () => (await import("./sdk-api.ts")).checkSdkApi(),
  },
  "docs:reference": {
    does: "writes the generated pages of docs/reference, and the JSON Schemas of application.yml and service.yml",
    run: async () => (await import("./reference/generated-pages.ts")).writeGeneratedPages(),
  },
  screenshots: {
    does: "takes the pictures of the dashboard anew, after the application has run for MINUTES: npm run screenshots [-- 10]",
    run([minutes = "10"]) {
      // The longer the application runs before, the more of its history is on them.
      Object.assign(process.env, { EXO_SCREENSHOTS: "docs/images", EXO_SCREENSHOTS_MINUTES: minutes });
      const test = ["--grep", "shows map, activity and heatmap", "services/analytics/test/page.test.ts"];
      run(installed("mocha/bin/mocha.js"), test);
    },
  },
  ferretdb: { does: "builds a server with MongoDB's protocol, for the tests of the MongoDB store", run: buildFerretdb },
  kubernetes: {
    does: "builds the API server of Kubernetes, for the slow tests of deploy/kubernetes",
    run: buildKubernetesApi,
  },
  help: { does: "lists all of these", run: () => console.log(taskList()) },
};

/** All tasks, a line each. */
export function taskList(): string {
  const width = Math.max(...Object.keys(tasks).map(({ length }) => length));
  const lines = Object.entries(tasks).map(([name, { does }]) => `  ${name.padEnd(width)}  ${does}`);
  return `npm run TASK [-- ARGUMENTS]\n\n${lines.join("\n")}`;
}

function biome(...fixed: readonly string[]): Task["run"] {
  return (args) => run(installed("@biomejs/biome/bin/biome"), [...fixed, ...args]);
}

/** A benchmark measures what users run: built JavaScript, and compiled code from the last run. */
function measure(program: string): Task["run"] {
  return (args) => {
    buildIfStale();
    process.env.EXO_BENCH_BUILD = buildFolder;
    keepCompiledCode();
    run(program, args);
  };
}
