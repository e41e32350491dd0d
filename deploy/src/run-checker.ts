import { spawn } from "node:child_process";
import type { CheckResult } from "./target.ts";

/** A program that is not done by then hangs, in ms: each takes less than a second. */
const timeoutMs = 60_000;

/** Most that is kept of what a program says, in characters. */
const maxText = 20_000;

/** How a checker is called. */
export interface CheckerCall {
  /** The environment variable that names the program where it is not in PATH: "DOCKER_COMPOSE". */
  readonly variable: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether anything that it says is wrong, whatever its exit code is. */
  readonly isSilentIfRight?: boolean;
}

/** Runs a program in a folder: right if it ends with 0; else what it says is wrong. */
export function runChecker({
  variable,
  program,
  args,
  folder,
  env,
  isSilentIfRight,
}: CheckerCall): Promise<CheckResult> {
  return new Promise((resolve) => {
    const child = spawn(process.env[variable] || program, args, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
    });
    let text = "";
    const keep = (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(0, maxText);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code === "ENOENT" ? { kind: "absent" } : { kind: "wrong", text: error.message }),
    );
    child.on("close", (code, signal) => {
      const said = text.trim();
      const isRight = code === 0 && (said === "" || !isSilentIfRight);
      resolve(isRight ? { kind: "ok" } : { kind: "wrong", text: said || `ended with ${code ?? signal}` });
    });
  });
}
