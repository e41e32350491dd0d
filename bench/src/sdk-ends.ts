import { connect, service } from "@exosphere/sdk";
import type { RoundTrip } from "./load.ts";
import { payload } from "./payload.ts";

const message: unknown = JSON.parse(payload.toString("utf8"));

/** A service as anyone would write it, behind its sidecar's socket: answers every `ping` with a `pong`. */
export async function sdkReplier(socket: string): Promise<void> {
  const replier = service(
    "replier",
    { ping: () => ({ name: "pong", payload: message }) },
    { socket, concurrency: 512 },
  );
  await replier.ready();
}

/** Asks through its sidecar's socket. */
export async function sdkRequester(socket: string): Promise<RoundTrip> {
  const client = connect({ role: "requester", socket });
  await client.ready();
  return (done) => void client.request("ping", message).then(done);
}
