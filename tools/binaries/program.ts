// The program of the single executable: plays the command that its first argument names, else the one that it is called as.
//
// `exo-sidecar --role web` and `exo exo-sidecar --role web` are the same: one file is enough, and links to it give the other names.
import { basename } from "node:path";
import { leaveFirstProcess } from "@exosphere/process/first-process";

/** What a command exports. */
interface Program {
  readonly main: (argv: readonly string[]) => Promise<unknown>;
}

const programs: Readonly<Record<string, (args: readonly string[]) => Promise<Program>>> = {
  exo: () => import("@exosphere/cli/main"),
  exocom: ([first]) => (first === "serve" ? import("@exosphere/broker/main") : import("@exosphere/exocom/main")),
  "exo-sidecar": () => import("@exosphere/sidecar/main"),
  "exo-gateway": () => import("@exosphere/gateway/main"),
  "exo-analytics": () => import("@exosphere/analytics/main"),
  "exo-injector": () => import("@exosphere/injector/main"),
};

/** The second of Node's arguments is the name of the file, as that of a script would be. */
const args = process.argv.slice(2);
const name = basename(process.argv0);
const isCommand = (word = "") => Object.hasOwn(programs, word);
const [command = "exo", ...rest] = isCommand(args[0]) ? args : [isCommand(name) ? name : "exo", ...args];

void run();

async function run(): Promise<void> {
  await leaveFirstProcess([process.execPath, command, ...rest]);
  const program = await programs[command]?.(rest);
  const code = await program?.main(rest);
  if (typeof code === "number") process.exitCode = code;
}
