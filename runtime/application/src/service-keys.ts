import { didYouMean } from "@exosphere/settings";
import type { ServiceType } from "./application.ts";
import { earlierKeys } from "./earlier-keys.ts";
import { type Form, integer, structure, text, words } from "./form.ts";
import { atMostOne, given, MapDeclaration } from "./map-declaration.ts";
import { environmentForm } from "./read-environment.ts";
import { messagesForm } from "./read-messages.ts";
import { testsForm } from "./read-tests.ts";

const serviceTypes: readonly ServiceType[] = ["public", "private", "worker"];

/** In 2016 `type` was the kind of service that a folder held, by a name of the author's own: ignored, unless it looks misspelt. */
const serviceType: Form<ServiceType> = {
  schema: { enum: serviceTypes },
  read(value) {
    const name = value.isText ? value.text() : undefined;
    const isKind = name !== undefined && !serviceTypes.some((type) => type === name) && !didYouMean(name, serviceTypes);
    if (!isKind) return value.oneOf(serviceTypes);
    value.ignore();
    return undefined;
  },
};

/** The keys by which a service describes itself. */
export const descriptionKeys = {
  type: {
    form: serviceType,
    does: "who may reach the service: `public` (people), `private` (other services), `worker` (nobody: it works off messages). A public one is given a port to serve people on, as `PORT`",
  },
  description: { form: words, does: "for people" },
};

/** The keys of `startup`. */
export const startupKeys = new MapDeclaration({
  command: { form: text, does: "shell command that starts the service, run in its folder" },
  "online-text": {
    form: text,
    does: "text on its output that says it is up; without it, the service is up once it listens or attaches",
  },
});

/** The keys of `development.scripts`, where anything else was for people. */
export const scriptsKeys = new MapDeclaration(
  {
    run: { form: text, does: "", today: "startup.command" },
    // Where `tests` stands beside it, it may be anything.
    test: { form: structure({}), does: "", today: "tests" },
  },
  { ignored: "any other" },
);

/** The keys of `development`. */
export const developmentKeys = new MapDeclaration(
  {
    scripts: { form: structure(scriptsKeys.schema), does: "commands, in the spelling of 2017" },
    port: {
      form: integer(1, 65_535),
      does: "the port that the app itself serves people on: given to it as `PORT`, and printed by `exo run`",
    },
  },
  { ignored: earlierKeys.development },
);

/** The keys of `dependency-data`, where messages stood in 2017 and 2018. */
export const dependencyKeys = new MapDeclaration(
  { exocom: { form: messagesForm, does: "", today: "messages" } },
  { ignored: "any other" },
);

const run = ["development", "scripts", "run"];

/** The keys of service.yml. */
export const serviceKeys = new MapDeclaration(
  {
    development: { form: structure(developmentKeys.schema), does: "how it runs on the machine of a developer" },
    ...descriptionKeys,
    startup: { form: structure(startupKeys.schema), does: "how it is started" },
    tests: { form: testsForm, does: "shell command that runs its tests, or a map as below" },
    environment: { form: environmentForm, does: "variables of its process, `NAME: value`" },
    messages: { form: messagesForm, does: "what the role sends and receives" },
    "dependency-data": { form: structure(dependencyKeys.schema), does: "messages, in the spelling of 2017" },
  },
  {
    ignored: earlierKeys.service,
    rules: [
      atMostOne("says the same as '*'; keep one of them", ["messages"], ["dependency-data", "exocom"]),
      atMostOne("says the same as '*'; keep one of them", ["startup", "command"], run),
      { anyOf: [{ not: given("startup") }, given("startup", "command"), given(...run)] },
      { anyOf: [given("tests"), { not: given(...run.slice(0, 2), "test") }, textual(...run.slice(0, 2), "test")] },
    ],
  },
);

/** Holds where a value at the end of this path is a text. */
function textual(...path: readonly string[]): object {
  const [key, ...rest] = path;
  return key === undefined ? text.schema : { properties: { [key]: textual(...rest) } };
}
