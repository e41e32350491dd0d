// One process of a subject: `node worker.ts <part> <json>`. Says `{"ready": …}` on its IPC channel, and ends with it.

import { bareReplier, bareRequester } from "./bare-ends.ts";
import { httpApp, httpRequester } from "./http-ends.ts";
import { linkReplier, linkRequester } from "./link-ends.ts";
import { measure, type RoundTrip } from "./load.ts";
import { attachToRelay, startHop, startRelay } from "./relay.ts";
import { sdkReplier, sdkRequester } from "./sdk-ends.ts";

/** What a requesting part is asked to do. */
interface Order {
  readonly inFlight: number;
  readonly seconds: number;
}

const [part, text = "{}"] = process.argv.slice(2);
const options = JSON.parse(text) as { port: number; address: string };

process.on("disconnect", () => process.exit(0));

const parts: Record<string, () => Promise<unknown>> = {
  relay: async () => ({ port: await startRelay() }),
  "relay-hop": () => startHop(options.address, options.port),
  "relay-replier": async () => {
    const batch = attachToRelay(options.address, (frame) => batch.add(frame));
    batch.add([Buffer.from("hello")]);
    return {};
  },
  "relay-requester": async () => serve(relayRequester()),
  "bare-replier": () => bareReplier(options.port),
  "bare-requester": async () => serve(await bareRequester(options.port)),
  "link-replier": () => linkReplier(options.port),
  "link-requester": async () => serve(await linkRequester(options.port)),
  "sdk-replier": () => sdkReplier(options.address),
  "sdk-requester": async () => serve(await sdkRequester(options.address)),
  "http-app": async () => ({ port: await httpApp(options.port) }),
  "http-requester": async () => serve(httpRequester(options.port)),
};

const start = parts[part ?? ""];
if (!start) throw new Error(`There is no part '${part}'.`);
process.send?.({ ready: (await start()) ?? {} });

/** Runs the orders that come over IPC. */
function serve(roundTrip: RoundTrip): void {
  process.on("message", (order: Order) => {
    void measure(roundTrip, order.inFlight, order.seconds).then((measured) => process.send?.({ measured }));
  });
}

function relayRequester(): RoundTrip {
  const message = Buffer.alloc(200, 65);
  const waiting: (() => void)[] = [];
  const batch = attachToRelay(options.address, (frame) => {
    for (const _ of frame) waiting.shift()?.();
  });
  return (done) => {
    waiting.push(done);
    batch.add([message]);
  };
}
