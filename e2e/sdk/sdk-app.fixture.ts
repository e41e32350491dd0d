// An app that uses the SDK, as a process: `node sdk-app.fixture.ts`. Plays the role `users` behind its sidecar's socket.
import { service } from "@exosphere/sdk";

const playing = service(process.env.ROLE ?? "", {
  "users.create": ({ payload, auth }) => ({ name: "users.created", payload: { created: payload, auth } }),
  "users.break": () => {
    throw new Error("password 1234");
  },
  "users.hang": (_message, { signal }) => {
    console.log("at work");
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
  },
  "users.ask": async (_message, { request }) => {
    const { name, payload } = await request("tweets.count", { of: "me" });
    return { name: "users.created", payload: { name, payload } };
  },
});
await playing.ready();
console.log(`users online ${process.pid}`);
