import { relative } from "node:path";
import { exitCodes } from "@exosphere/process";
import { didYouMean, type LoadedRun, loadSettings } from "@exosphere/settings";
import { applicationFolder } from "../application-folder.ts";
import { type FileCommandInput, type Printer, runFileCommand } from "../file-command.ts";
import { type Finding, findingLine, rules } from "./finding.ts";
import { lintFolder } from "./lint-application.ts";
import { lintSettings } from "./lint-settings.ts";

const command = "exo lint";

/** `exo lint`: finds what is wrong with an application before it runs. Resolves with the exit code; never rejects. */
export function lintCommand(input: FileCommandInput): Promise<number> {
  const load = () =>
    loadSettings({
      command,
      about:
        "Finds what is wrong with an application, or hardly meant so: messages that nobody hears, replies that get lost, schemas that are none, and more.",
      version: input.version,
      settings: lintSettings,
      positionals: {
        name: "FOLDER",
        help: "the application's folder; by default the current one, or the nearest above it that has an application.yml",
        max: 1,
      },
      check: ({ config }) => (config.ignore ?? []).filter((rule) => !Object.hasOwn(rules, rule)).map(unknownRule),
      argv: input.argv,
      env: input.env,
    });
  return runFileCommand(command, input, load, lint);
}

async function lint({ config, positionals }: LoadedRun<typeof lintSettings>, { print }: Printer): Promise<number> {
  const all = await lintFolder(applicationFolder(positionals[0]));
  const findings = all.filter(({ rule }) => !config.ignore.includes(rule));
  const count = (severity: Finding["severity"]) => findings.filter((each) => each.severity === severity).length;
  const [errors, warnings] = [count("error"), count("warning")];
  if (config.json) print(JSON.stringify({ errors, warnings, findings }));
  else {
    for (const finding of findings) print(findingLine(finding, relative(process.cwd(), finding.file) || finding.file));
    print(`${counted(errors, "error")}, ${counted(warnings, "warning")}`);
  }
  return errors > 0 || (config.strict && warnings > 0) ? exitCodes.failure : exitCodes.ok;
}

function unknownRule(rule: string): string {
  const names = Object.keys(rules);
  return `--ignore: there is no rule '${rule}'${didYouMean(rule, names)}; there are: ${names.join(", ")}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
