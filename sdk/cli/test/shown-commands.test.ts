import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { commands } from "../src/commands.ts";

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** Commands as the pages show them, and how they are started here. The longest come first, as `exo run` begins with `exo`. */
const programs = [
  ["exocom serve", ["broker/src/bin.ts", "serve"]],
  ["exocom", ["exocom/src/bin.ts"]],
  ["exo-sidecar", ["sidecar/src/bin.ts"]],
  ["exo-gateway", ["gateway/src/bin.ts"]],
  ["exo-analytics", ["services/analytics/src/bin.ts"]],
  ["exo-injector", ["deploy/injector/src/bin.ts"]],
  ...Object.keys(commands).map((command) => [`exo ${command}`, ["sdk/cli/src/bin.ts", command]] as const),
] as const;

/** Flags of other programs that the pages show: curl, npm, and the tasks of the repository. */
const foreign = new Set(
  [
    "mode data-binary fail-with-body max-time retry retry-connrefused save-dev seconds seed list help version package global yes dry-run",
    // Of esbuild and Node, where docs/sdk.md tells how to bundle a service, and how to test one with Jest.
    // Of kubectl and helm.
    "namespace create-namespace values",
    "bundle platform format outfile banner experimental-vm-modules",
  ].flatMap((flags) => flags.split(" ")),
);

/** Variables of programs without a --help: the services that keep records, and the runs of tests. */
const otherVariables = new Set([
  "EXO_UNIQUE_FIELDS",
  "EXO_OWNERSHIP",
  "EXO_FUZZ_SECONDS",
  "EXO_FUZZ_SEED",
  "EXO_SLOWEST_FILES",
  "EXO_CI_KUBERNETES",
]);

interface Known {
  readonly flags: ReadonlySet<string>;
  readonly variables: readonly string[];
}

async function helpOf(args: readonly string[]): Promise<Known> {
  const { stdout } = await promisify(execFile)(process.execPath, [...args, "--help"], { cwd: root });
  const flags = [...stdout.matchAll(/--(\[no-\])?([a-z][a-z-]*)/g)].flatMap(([, canBeNo, flag = ""]) =>
    canBeNo ? [flag, `no-${flag}`] : [flag],
  );
  return { flags: new Set(flags), variables: stdout.match(/\bEXO_[A-Z_]+/g) ?? [] };
}

interface Page {
  readonly path: string;
  readonly text: string;
}

/** The changelog speaks of what was, the benchmark's pages of its own and other programs. */
const pages: readonly Page[] = globSync(["*.md", "*/*.md", "*/*/*.md"], {
  cwd: root,
  exclude: (path) => /^(node_modules|build|bench)$/.test(path),
})
  .filter((path) => !/^(CHANGELOG\.md|docs\/performance\.md)$/.test(path) && !path.includes("node_modules"))
  .sort()
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

/** The command lines of a page, in blocks and in code spans, with their continuations; what they hand to other programs left out. */
function commandLines({ text }: Page): readonly string[] {
  const joined = text.replaceAll("\\\n", " ");
  const lines = joined.matchAll(/(?:^|`)[ \t]*(?:\$ )?(?:[A-Z_]+=\S+ )*(exo(?:com|-[a-z]+)?(?: [^`\n]*)?)/gm);
  return [...lines].map(([, line = ""]) => line.replace(/ (?:-- |#|\||&|>).*$/, ""));
}

describe("the commands, flags and variables that the pages show", function () {
  this.timeout(120_000);
  const helps = new Map<string, Known>();

  before(async () => {
    for (const [command, args] of programs) helps.set(command, await helpOf(args));
  });

  it("are given only flags of their own", () => {
    const wrong: string[] = [];
    let seen = 0;
    for (const page of pages) {
      for (const line of commandLines(page)) {
        const [command] = programs.find(([name]) => line === name || line.startsWith(`${name} `)) ?? [];
        if (command === undefined) continue;
        for (const [, flag = ""] of line.matchAll(/ --([a-z][a-z-]*)/g)) {
          seen += 1;
          if (!helps.get(command)?.flags.has(flag)) wrong.push(`${page.path}: ${command} has no --${flag}`);
        }
      }
    }
    assert.deepEqual(wrong, []);
    assert.ok(seen > 20, `${seen} flags`);
  });

  it("are never fetched by npx under names that anybody can publish", () => {
    const calls = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\b(?:npx|npm exec)\b([^`\n]*)/g)].map(([call, args = ""]) => ({
        place: `${path}: ${call}`,
        args,
      })),
    );
    assert.ok(calls.length > 0, `${calls.length} calls`);
    // A scope belongs to one publisher.
    const unsafe = calls.filter(
      ({ args }) => /\bexo(com|-[a-z]+)?\b/.test(args) && !/--package=@exosphere\//.test(args),
    );
    assert.deepEqual(
      unsafe.map(({ place }) => place),
      [],
    );
  });

  it("are all named by a --help", () => {
    const known = [...helps.values()];
    const variables = new Set(known.flatMap((each) => each.variables));
    const wrong = pages.flatMap(({ path, text }) => [
      ...[...text.matchAll(/(?<![\w|-])--([a-z][a-z-]+)/g)]
        .map(([, flag = ""]) => flag)
        .filter((flag) => !foreign.has(flag) && !known.some(({ flags }) => flags.has(flag)))
        .map((flag) => `${path}: --${flag}`),
      ...(text.match(/\bEXO_[A-Z_]*[A-Z]\b/g) ?? [])
        .filter((variable) => !variables.has(variable) && !otherVariables.has(variable))
        .map((variable) => `${path}: ${variable}`),
    ]);
    assert.deepEqual(wrong, []);
  });
});
