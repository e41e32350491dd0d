import type { ServiceTests } from "./application.ts";
import { durationMs } from "./duration.ts";
import { type Form, flag, text } from "./form.ts";
import { KeyedMap } from "./keyed-map.ts";
import { MapDeclaration } from "./map-declaration.ts";
import type { YamlValue } from "./yaml-value.ts";

/** The keys of `tests` where it is a map. */
export const testsKeys = new MapDeclaration({
  command: {
    form: text,
    does: "shell command that runs its tests, in its folder",
    need: "write the shell command that runs the tests",
  },
  mock: {
    form: flag,
    does: "whether `exo test` runs a mock of the bus for them, which plays everybody else",
  },
  timeout: { form: durationMs, does: "how long they may take under `exo test`" },
});

/** How the tests of a service are run: a command, or a map of it and what it needs. */
export const testsForm: Form<ServiceTests> = {
  schema: { anyOf: [text.schema, testsKeys.schema] },
  read(value) {
    const map = value.isMap ? KeyedMap.of(value, testsKeys) : undefined;
    const command = map ? map.read("command") : value.text();
    const mock = map?.read("mock") ?? false;
    const timeoutMs = map?.read("timeout");
    return command === undefined ? undefined : { command, mock, timeoutMs };
  },
};

/** Reads `tests`, or its later spelling. Where both say how to test, the later one is for tools of its time. */
export function readTests(value: YamlValue | undefined, script: YamlValue | undefined): ServiceTests | undefined {
  if (value !== undefined) script?.ignore();
  const command = value === undefined ? script?.text() : undefined;
  return value === undefined ? testsOf(command) : testsForm.read(value);
}

function testsOf(command: string | undefined): ServiceTests | undefined {
  return command === undefined ? undefined : { command, mock: false, timeoutMs: undefined };
}
