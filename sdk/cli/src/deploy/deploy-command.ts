import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { readApplication } from "@exosphere/application";
import { type DeployFile, type Deployment, deploymentOf, type Target, targets } from "@exosphere/deploy";
import { exitCodes } from "@exosphere/process";
import { didYouMean, type LoadedRun, loadSettings, SettingsError } from "@exosphere/settings";
import { printable } from "@exosphere/telemetry";
import { applicationFolder } from "../application-folder.ts";
import { type FileCommandInput, type Printer, runFileCommand } from "../file-command.ts";
import { type Checked, checkFiles } from "./check-output.ts";
import { deploySettings } from "./deploy-settings.ts";
import { listFile, planOutput, textOf } from "./output-plan.ts";
import { variableMistakes } from "./platform-variables.ts";
import { writeOutput } from "./write-output.ts";

const command = "exo deploy";

/** What `exo deploy` is given. */
export interface DeployCommandInput extends FileCommandInput {
  /** Default: those of the deploy package. */
  readonly targets?: readonly Target[];
}

/** One run of the command. */
interface Session {
  readonly target: Target;
  readonly deployment: Deployment;
  readonly folder: string;
  readonly files: readonly DeployFile[];
  readonly json: boolean;
  readonly printer: Printer;
}

/** Writes, or checks, the files of a target. Resolves with the exit code; never rejects. */
export function deployCommand(input: DeployCommandInput): Promise<number> {
  const { argv, env, version, targets: known = targets } = input;
  const list = known.map(({ name, does }) => `${name} (${does})`).join("; ");
  const load = () =>
    loadSettings({
      command,
      about: `Writes what runs an application elsewhere, from application.yml. Targets: ${list}.`,
      version,
      settings: deploySettings,
      positionals: {
        name: "TARGET FOLDER",
        help: "a target, and the application's folder: by default the current one, or the nearest above it that has an application.yml",
        max: 2,
      },
      argv,
      env,
    });
  return runFileCommand(command, input, load, async (loaded, printer) => run(loaded, printer, known, version));
}

async function run(
  { config, positionals }: LoadedRun<typeof deploySettings>,
  printer: Printer,
  known: readonly Target[],
  version: string,
): Promise<number> {
  const target = findTarget(positionals[0], known);
  const application = readApplication(applicationFolder(positionals[1]));
  const folder = resolve(config.out ?? join(application.root, "deploy", target.name));
  if (!relative(folder, application.root).startsWith(".."))
    throw new SettingsError([`--out: ${folder} holds the application itself; name a folder for generated files alone`]);
  const mistakes = variableMistakes(application);
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  for (const warning of application.warnings) printer.printError(`${command}: warning: ${warning}`);
  const deployment = deploymentOf(application, { output: folder, platformVersion: version });
  const session = { target, deployment, folder, files: target.files(deployment), json: config.json, printer };
  return config.check ? check(session) : write(session, config.force);
}

function findTarget(name: string | undefined, known: readonly Target[]): Target {
  const names = known.map((each) => each.name);
  if (name === undefined) throw new SettingsError([`needs a target: ${names.join(", ")}`]);
  const target = known.find((each) => each.name === name);
  if (target !== undefined) return target;
  throw new SettingsError([
    `there is no target '${printable(name)}'${didYouMean(name, names)}; there are: ${names.join(", ")}`,
  ]);
}

function write({ target, deployment, folder, files, json, printer }: Session, isForced: boolean): number {
  const { written, unchanged, removed, edited } = planOutput(folder, files);
  if (edited.length > 0 && !isForced) {
    const [what, them] = edited.length === 1 ? ["was", "it"] : ["were", "them"];
    printer.printError(
      `${command}: ${edited.map((path) => shown(folder, path)).join(", ")} ${what} edited since, or written by others; --force overwrites ${them}`,
    );
    return exitCodes.failure;
  }
  const generated = new Set(files.map(({ path }) => path));
  const allRemoved = [...removed, ...edited.filter((path) => !generated.has(path))];
  const allWritten = [...written, ...edited.filter((path) => generated.has(path))];
  const secrets = target.secretFiles?.(deployment, (path) => textOf(folder, path)) ?? [];
  // The others stay the very same files: processes follow those that were mounted into them.
  const changedSecrets = secrets.filter(({ path, text }) => textOf(folder, path) !== text);
  const newSecrets = changedSecrets.map(({ path }) => path);
  const hasList = textOf(folder, listFile) !== undefined;
  if (allWritten.length + allRemoved.length + newSecrets.length > 0 || !hasList)
    writeOutput({ folder, command: `${command} ${target.name}`, files, secrets: changedSecrets, removed: allRemoved });
  const next = target.next?.(deployment, shown(folder)) ?? [];
  if (json) {
    printer.print(
      JSON.stringify({
        ...{ target: target.name, folder, written: allWritten, unchanged, removed: allRemoved },
        ...{ newSecrets, next },
      }),
    );
    return exitCodes.ok;
  }
  for (const path of allWritten) printer.print(`${shown(folder, path)} written`);
  for (const path of newSecrets) printer.print(`${shown(folder, path)} written, with a new secret`);
  for (const path of allRemoved) printer.print(`${shown(folder, path)} removed`);
  if (unchanged.length > 0)
    printer.print(`${unchanged.length} ${unchanged.length === 1 ? "file is" : "files are"} up to date`);
  for (const line of next) printer.print(line);
  return exitCodes.ok;
}

async function check({ target, deployment, folder, files, json, printer }: Session): Promise<number> {
  const checked = await checkFiles(target, deployment, files);
  const outOfDate = existsSync(folder) ? outOfDateIn(folder, files) : [];
  const isWrong = outOfDate.length > 0 || checked.some(({ result }) => result.kind === "wrong");
  if (json) {
    const checkers = checked.map(({ checker: { name, version, install }, result }) => ({
      name,
      version,
      install,
      ...result,
    }));
    printer.print(JSON.stringify({ target: target.name, folder, checkers, outOfDate }));
  } else {
    for (const each of checked) say(each, printer);
    for (const path of outOfDate)
      printer.printError(`${command}: ${shown(folder, path)} is out of date; run '${command} ${target.name}'`);
    printer.print(summaryOf(checked, outOfDate.length));
  }
  return isWrong ? exitCodes.failure : exitCodes.ok;
}

function outOfDateIn(folder: string, files: readonly DeployFile[]): readonly string[] {
  const { written, removed, edited } = planOutput(folder, files);
  return [...written, ...edited, ...removed];
}

function say({ checker: { name, version, install }, result }: Checked, { print, printError }: Printer): void {
  const called = version === undefined ? name : `${name} ${version}`;
  if (result.kind === "ok") print(`${name}: ok`);
  else if (result.kind === "absent") print(`${called}: skipped, as it is not installed: ${install}`);
  else printError(`${command}: ${name} says:\n${result.text}`);
}

function summaryOf(checked: readonly Checked[], outOfDate: number): string {
  const count = (kind: string) => checked.filter(({ result }) => result.kind === kind).length;
  const [skipped, late] = [count("absent"), outOfDate];
  const rest = [skipped > 0 ? `, ${skipped} skipped` : "", late > 0 ? `, ${late} out of date` : ""].join("");
  return `${count("ok")} checked, ${count("wrong")} wrong${rest}`;
}

function shown(folder: string, path = ""): string {
  return relative(process.cwd(), join(folder, path)) || ".";
}
