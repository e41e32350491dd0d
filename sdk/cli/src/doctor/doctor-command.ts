import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Application, ApplicationError, readApplication } from "@exosphere/application";
import { exitCodes } from "@exosphere/process";
import { type LoadedRun, loadSettings } from "@exosphere/settings";
import { applicationFolder } from "../application-folder.ts";
import { type FileCommandInput, type Printer, runFileCommand } from "../file-command.ts";
import { findRun } from "../run/run-file.ts";
import { tokenIn } from "../watch/watch-settings.ts";
import { doctorSettings } from "./doctor-settings.ts";
import { examine } from "./examine.ts";
import { type Finding, type Found, ok, problem } from "./finding.ts";

const command = "exo doctor";

/** `exo doctor`: finds out why something does not run on this machine. Resolves with the exit code; never rejects. */
export function doctorCommand(input: FileCommandInput): Promise<number> {
  const load = () =>
    loadSettings({
      command,
      about:
        "Looks at this machine, and at the application that is here or runs here, and says what does not work and what to do.",
      version: input.version,
      settings: doctorSettings,
      positionals: {
        name: "FOLDER",
        help: "the application's folder; by default the current one, or the nearest above it that has an application.yml",
        max: 1,
      },
      argv: input.argv,
      env: input.env,
    });
  return runFileCommand(command, input, load, (loaded, printer) => doctor(loaded, input, printer));
}

async function doctor(
  { config, positionals }: LoadedRun<typeof doctorSettings>,
  { env, version }: FileCommandInput,
  { print }: Printer,
): Promise<number> {
  const folder = resolve(applicationFolder(positionals[0]));
  const { application, found } = readHere(folder, positionals[0] !== undefined);
  const rest = await examine({
    env,
    version,
    folder,
    application,
    run: findRun(folder),
    brokers: config.broker ?? [],
    token: tokenIn(config.adminTokenFile, "--admin-token-file"),
    tls: { cert: config.tlsCert, key: config.tlsKey, ca: config.tlsCa },
  });
  const findings: Finding[] = [...found.map((each) => ({ check: "application", ...each })), ...rest];
  const count = (status: Finding["status"]) => findings.filter((each) => each.status === status).length;
  const [fine, warnings, problems] = [count("ok"), count("warning"), count("problem")];
  if (config.json) print(JSON.stringify({ ok: fine, warnings, problems, findings }));
  else {
    const width = Math.max(...findings.map(({ check }) => check.length));
    for (const { check, status, text } of findings) print(`${status.padEnd(7)}  ${check.padEnd(width)}  ${text}`);
    print(
      `${fine} ok, ${warnings} ${warnings === 1 ? "warning" : "warnings"}, ${problems} ${problems === 1 ? "problem" : "problems"}`,
    );
  }
  return problems > 0 ? exitCodes.failure : exitCodes.ok;
}

/** The application in a folder. That there is none is a problem only if the folder was named. */
function readHere(
  folder: string,
  isNamed: boolean,
): { readonly application: Application | undefined; readonly found: readonly Found[] } {
  if (!isNamed && !existsSync(join(folder, "application.yml")))
    return { application: undefined, found: [ok(`none in ${folder} or above it: only the machine is looked at`)] };
  try {
    const application = readApplication(folder);
    const services = application.services.length;
    return { application, found: [ok(`${application.name}, with ${services} service${services === 1 ? "" : "s"}`)] };
  } catch (error) {
    if (!(error instanceof ApplicationError)) throw error;
    return { application: undefined, found: error.mistakes.map((mistake) => problem(mistake)) };
  }
}
