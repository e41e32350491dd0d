import { DeadMessage, service } from "@exosphere/sdk";

const greeter = service("greeter", {
  greet: ({ payload }) => {
    const { name } = (payload ?? {}) as { name?: unknown };
    if (typeof name !== "string") throw new DeadMessage('the payload has to be like {"name": "Ada"}');
    return { name: "greeted", payload: { text: `Hello, ${name}!`, language: "typescript" } };
  },
});

await greeter.ready();
console.log("greeter online");
