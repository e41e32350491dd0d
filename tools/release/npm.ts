import { spawn } from "node:child_process";
import { delimiter, dirname } from "node:path";

/** What a run of npm has printed, and how it ended. */
export interface NpmResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How npm is run. */
export interface NpmOptions {
  /** Absolute path. */
  readonly cwd: string;
  /** Absolute path of the Node that runs npm; by default the one that runs this. */
  readonly node?: string;
}

/** Thrown where npm fails. */
export class NpmError extends Error {
  /** Whether npm could not reach its registry: says nothing about what was asked of it. */
  readonly isOffline: boolean;

  constructor(args: readonly string[], { stdout, stderr }: NpmResult) {
    const lines = (stderr || stdout).split("\n").filter((line) => line && !line.includes("complete log of this run"));
    super(`npm ${args[0]} failed: ${lines.slice(0, shownLines).join("\n")}`);
    this.isOffline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.test(stderr);
  }
}

/** How many lines of npm's are shown when it fails. */
const shownLines = 12;

/**
 * Runs npm and returns what it printed.
 *
 * @throws NpmError if it fails
 */
export async function npm(args: readonly string[], options: NpmOptions): Promise<string> {
  const result = await tryNpm(args, options);
  if (result.code !== 0) throw new NpmError(args, result);
  return result.stdout;
}

/** Like `npm`, but says how npm ended. */
export function tryNpm(args: readonly string[], { cwd, node = process.execPath }: NpmOptions): Promise<NpmResult> {
  const file = process.env.npm_execpath;
  const [command, first] = file ? [node, [file]] : ["npm", []];
  return new Promise((done, fail) => {
    const child = spawn(command, [...first, ...args], {
      cwd,
      env: cleanEnvironment(node),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
    child.on("error", fail);
    child.on("close", (code) => done({ code: code ?? 1, stdout: stdout(), stderr: stderr() }));
  });
}

/** The environment without what npm has told the script that runs now and without settings of Exosphere: programs under test find none. */
export function cleanEnvironment(node: string = process.execPath): NodeJS.ProcessEnv {
  const own = /^(?:EXO|npm_package_|npm_lifecycle_|npm_config_local_prefix$|NODE_OPTIONS$|INIT_CWD$)/;
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name));
  return { ...Object.fromEntries(kept), PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}` };
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
