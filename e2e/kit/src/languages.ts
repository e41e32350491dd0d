import { spawnSync } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ApplicationService, readApplication } from "@exosphere/application";

/** A folder of examples/languages, and what its service needs on a machine. */
export interface Language {
  /** Its folder, and what the service says its language is. */
  readonly name: string;
  readonly source: string;
  /** Answers with 0 where the language is installed. */
  readonly probe: readonly [string, ...string[]];
  /** How to get it on Debian. */
  readonly install: string;
  /** Finds what the source imports; what is found has to match `isStandard`. */
  readonly imports?: RegExp;
  readonly isStandard?: RegExp;
}

/** Where the examples are. */
export const examples = fileURLToPath(new URL("../../../examples/languages", import.meta.url));

/** Every language that there is an example of. */
export const languages: readonly Language[] = [
  {
    name: "python",
    source: "greeter.py",
    probe: ["python3", "--version"],
    install: "apt-get install python3",
    imports: /^(?:import|from) (\S+)/gm,
    isStandard: /^(json|os|signal|sys|http\.server)$/,
  },
  {
    name: "go",
    source: "greeter.go",
    probe: ["go", "version"],
    install: "apt-get install golang-go",
    imports: /^\t"(.+)"$/gm,
    // Whatever is not the standard library's begins with the name of a host.
    isStandard: /^[a-z]+(\/[a-z]+)*$/,
  },
  {
    name: "java",
    source: "Greeter.java",
    probe: ["javac", "-version"],
    install: "apt-get install default-jdk-headless",
    imports: /^import (\S+);/gm,
    isStandard: /^(java|com\.sun\.net\.httpserver)\./,
  },
  {
    name: "rust",
    source: "greeter.rs",
    probe: ["rustc", "--version"],
    install: "apt-get install rustc",
    imports: /^(?:use|extern crate) (\w+)/gm,
    isStandard: /^std$/,
  },
  {
    name: "bash",
    source: "greeter.sh",
    probe: ["bash", "-c", "curl --version"],
    install: "apt-get install bash curl",
    imports: /\b(curl|wget|jq|nc|sed|awk|grep|cut|tr|python3?|perl|node)\b/g,
    isStandard: /^curl$/,
  },
  {
    name: "node",
    source: "greeter.mjs",
    probe: ["node", "--version"],
    install: "npm ci",
    imports: /^import .* from "(.+)"/gm,
    isStandard: /^node:/,
  },
];

/** Whether the machine has what a language's service needs. */
export function isInstalled({ probe: [command, ...args] }: Language): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

/** An application of copied services, laid out in a folder. */
export interface CopiedExamples {
  /** Its application.yml. */
  readonly file: string;
  /** The command of a language's service, for `sh -c`, from wherever it is run. */
  startCommand(language: Language): string;
}

/**
 * Copies the folders of some languages, each of which is a role then, and a role `web` that may ask them all: `greet` of
 * Python is `python.greet` to it. Nothing else is copied, as nothing else should be needed.
 */
export async function copyExamples(into: string, some: readonly Language[]): Promise<CopiedExamples> {
  for (const { name } of some) await cp(join(examples, name), join(into, name), { recursive: true });
  const messages = (verb: string) => some.map(({ name }) => `${name}.${verb}`);
  await mkdir(join(into, "web"));
  await writeFile(
    join(into, "web", "service.yml"),
    JSON.stringify({ messages: { sends: messages("greet"), receives: messages("greeted") } }),
  );
  const translations = (name: string) =>
    ["greet", "greeted"].map((internal) => ({ public: `${name}.${internal}`, internal }));
  const roles = some.map(({ name }) => [name, { location: `./${name}`, translations: translations(name) }]);
  const file = join(into, "application.yml");
  const services = { web: { location: "./web" }, ...Object.fromEntries(roles) };
  await writeFile(file, JSON.stringify({ name: "languages", services }));
  const read = new Map(readApplication(file).services.map((service) => [service.role, service]));
  return { file, startCommand: ({ name }) => startCommand(read.get(name)) };
}

function startCommand(service: ApplicationService | undefined): string {
  if (!service?.startup || !service.directory)
    throw new Error("The service.yml has to say how the service is started.");
  return `cd '${service.directory}' && ${service.startup.command}`;
}
