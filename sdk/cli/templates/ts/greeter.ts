import { DeadMessage, type ServiceOptions, service } from "@exosphere/sdk";

/** Answers `greet` with `greeted`. Its test starts it with the options of a bus in memory. */
export function start(options: ServiceOptions = {}) {
  return service(
    "greeter",
    {
      greet: ({ payload }) => {
        const { name } = (payload ?? {}) as { name?: unknown };
        if (typeof name !== "string") throw new DeadMessage('the payload has to be like {"name": "Ada"}');
        return { name: "greeted", payload: { text: `Hello, ${name}!`, language: "typescript" } };
      },
    },
    options,
  );
}
