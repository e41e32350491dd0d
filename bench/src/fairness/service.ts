// The service of the clients that mean well, in a process of its own, until it is killed: what it does for others must not delay
// those who measure.
import { connect } from "@exosphere/sdk";
import type { Targets } from "./fair-stage.ts";

const { brokerPort } = JSON.parse(process.argv[2] ?? "{}") as Targets;
const server = connect({ role: "server", broker: `127.0.0.1:${brokerPort}`, concurrency: 1_000 });
server.handle("ask", ({ payload }) => ({ name: "answered", payload }));
server.handle("tell", ({ payload, auth }) => {
  // One that is refused, as when the gateway has no room, is what this measures: it is not there.
  server.send("news", payload, { auth }).catch(() => {});
});
await server.ready();
process.send?.("ready");
