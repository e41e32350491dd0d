// One process of a subject: `node worker.ts <part> <json>`. Says `{"ready": …}` on its IPC channel, and ends with it.

import { isDeepStrictEqual } from "node:util";
import type { Ask, End, EndOptions, Json } from "./ends.ts";
import { closedLoop, fill, openLoop } from "./load.ts";
import type { Order } from "./order.ts";
import { payloadOf } from "./payload.ts";

/** Where each part is, loaded only by the process that plays it: a peer need not be installed for the others. */
const parts: Record<string, () => Promise<Record<string, (options: EndOptions) => Promise<End>>>> = {
  relay: () => import("./relay.ts"),
  sdk: () => import("./sdk.ts"),
  http: () => import("./http.ts"),
  unary: () => import("./unary.ts"),
  nats: () => import("./nats.ts"),
  moleculer: () => import("./moleculer.ts"),
};

const [part = "", text = "{}"] = process.argv.slice(2);
const [file = "", name = ""] = part.split(".");
process.on("disconnect", () => process.exit(0));

const start = (await parts[file]?.())?.[name];
if (!start) throw new Error(`There is no part '${part}'.`);
const end = await start(JSON.parse(text) as EndOptions);
process.on("message", (order: Order) => void carryOut(order).then((answer) => process.send?.({ answer })));
process.send?.({ answer: { port: end.port } });

async function carryOut(order: Order): Promise<unknown> {
  if (order.kind === "received") return end.received?.();
  const { ask } = end;
  if (!ask) throw new Error(`The part '${part}' does not ask.`);
  if (order.kind === "verify") return verify(ask, order.value);
  const value = payloadOf(order.bytes);
  if (order.kind === "fill") return fill(ask, value, order.messages);
  if (order.kind === "paced") return openLoop(ask, value, order.perSecond, order.windowMs);
  return closedLoop(ask, value, order.inFlight, order.windowMs);
}

/** Asks once, and says whether what came back is what was sent. */
async function verify(ask: Ask, value: Json): Promise<{ readonly isEcho: boolean; readonly reply: unknown }> {
  const reply = await new Promise<unknown>((resolve) => ask(value, resolve));
  const json: unknown = reply instanceof Uint8Array ? JSON.parse(Buffer.from(reply).toString("utf8")) : reply;
  return { isEcho: isDeepStrictEqual(json, value), reply: json };
}
