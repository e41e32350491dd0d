// An app with the SDK that takes its time: it answers after 50 ms, and says on its output what it was given.
import { setTimeout as pause } from "node:timers/promises";
import { service } from "@exosphere/sdk";

const playing = service(process.env.ROLE ?? "", {
  tell: async ({ id }) => {
    console.log(`seen ${id}`);
    await pause(50);
  },
  get: async ({ id, payload }) => {
    console.log(`seen ${id}`);
    await pause(50);
    return { name: "got", payload };
  },
});
await playing.ready();
console.log(`users online ${process.pid}`);
