import { exitCodes, runMain } from "@exosphere/process";
import { processOutput } from "@exosphere/telemetry";
import type { CommandInput } from "../command.ts";
import { mockMistakes } from "./mock-routes.ts";
import { mockSettings } from "./mock-settings.ts";
import { startMock } from "./start-mock.ts";

/** `exo mock`: plays ExoCom for a service under test, until a signal ends it. Resolves with the exit code. */
export async function mockCommand({ argv, version }: CommandInput): Promise<number> {
  await runMain({
    command: "exo mock",
    about:
      "Plays ExoCom and everybody else for one service under test, in any language. Services connect as to a sidecar, and the test says by HTTP below /mock/ what to send, wait for and answer.",
    version,
    settings: mockSettings,
    check: mockMistakes,
    argv,
    async start(loaded) {
      const mock = await startMock(loaded, version);
      processOutput(1).write(`exo mock online at port ${mock.port}\n`);
      return mock;
    },
  });
  return exitCodes.ok;
}
