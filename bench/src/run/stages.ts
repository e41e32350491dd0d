import { freePorts } from "@exosphere/process";
import type { Cast } from "./cast.ts";
import type { Part } from "./part.ts";
import { requestRoutes, tellingRoutes } from "./routes.ts";

/** A subject that runs. */
export interface Stage {
  /** Sends. */
  readonly asks: Part;
  /** Gets everything that is sent, `copies` times. */
  readonly receives?: Part;
  readonly copies?: number;
}

const local = (port: number) => `127.0.0.1:${port}`;

/** SDK at both ends, each behind a sidecar's unix socket. */
export async function sdkThroughSidecars(cast: Cast): Promise<Stage> {
  const { port } = await cast.broker(requestRoutes);
  const [near, far] = [cast.socket("near"), cast.socket("far")];
  await Promise.all([
    cast.sidecar("requester", port, ["--socket", near]),
    cast.sidecar("replier", port, ["--socket", far]),
  ]);
  await cast.part("replier", "sdk.replier", { address: `unix:${far}` });
  return { asks: await cast.part("requester", "sdk.requester", { address: `unix:${near}` }) };
}

/** HTTP at both ends, each with a sidecar. */
export async function httpThroughSidecars(cast: Cast): Promise<Stage> {
  const { port } = await cast.broker(requestRoutes);
  const app = await cast.part("replier", "http.app", { port: 0 });
  const [near] = await Promise.all([
    cast.sidecar("requester", port, ["--max-open-requests", "10000"]),
    cast.sidecar("replier", port, ["--app", `http://${local(app.port)}`]),
  ]);
  return { asks: await cast.part("requester", "http.requester", { port: near }) };
}

/** SDK at both ends, attached to the broker itself. */
export async function sdkStraight(cast: Cast, routes: object = requestRoutes): Promise<Stage> {
  const { address } = await cast.broker(routes);
  await cast.part("replier", "sdk.replier", { address });
  return { asks: await cast.part("requester", "sdk.requester", { address }) };
}

/** The limit: a relay without any logic, over as many hops; the first and the last of three by unix sockets. */
export async function relay(cast: Cast, hops: 1 | 3, [far, near]: readonly [string, string]): Promise<Stage> {
  const middle = await cast.part("relay", "relay.middle");
  const ends: string[] = [];
  for (const end of ["far", "near"]) {
    const address = hops === 1 ? local(middle.port) : `unix:${cast.socket(end)}`;
    if (hops === 3) await cast.part(`${end} relay`, "relay.hop", { address, next: local(middle.port) });
    ends.push(address);
  }
  const receives = await cast.part("replier", far, { address: ends[0] });
  const asks = await cast.part("requester", near, { address: ends[1] });
  return far === "relay.receiver" ? { asks, receives } : { asks };
}

/** gRPC with a call for each message, over as many hops as the SDK through its sidecars. */
export async function unary(cast: Cast): Promise<Stage> {
  const [near, far] = [`unix:${cast.socket("near")}`, `unix:${cast.socket("far")}`];
  await cast.part("replier", "unary.replier", { address: far });
  await cast.part("far hop", "unary.hop", { address: local(0), next: far }).then(async ({ port }) => {
    const middle = await cast.part("middle hop", "unary.hop", { address: local(0), next: local(port) });
    await cast.part("near hop", "unary.hop", { address: near, next: local(middle.port) });
  });
  return { asks: await cast.part("requester", "unary.requester", { address: near }) };
}

/** Plain Node, with as many HTTP hops as there are through two sidecars. */
export async function proxied(cast: Cast): Promise<Stage> {
  const app = await cast.part("replier", "http.echo", { port: 0 });
  const proxy = await cast.part("proxy", "http.proxy", { port: 0, next: `http://${local(app.port)}` });
  return { asks: await cast.part("requester", "http.echoRequester", { port: proxy.port }) };
}

/** Request and reply of NATS. */
export async function nats(cast: Cast): Promise<Stage> {
  const address = await cast.nats();
  await cast.part("replier", "nats.replier", { address });
  return { asks: await cast.part("requester", "nats.requester", { address }) };
}

/** A call of Moleculer, over NATS or over its own TCP. */
export async function moleculer(cast: Cast, transport: "nats" | "tcp"): Promise<Stage> {
  const address = transport === "nats" ? await cast.nats() : "";
  const ports = transport === "nats" ? [] : await freePorts(2);
  await cast.part("replier", "moleculer.replier", { address, ports });
  return { asks: await cast.part("requester", "moleculer.requester", { address, ports }) };
}

/** SDK at both ends, attached to the broker itself: one sends, so many roles receive. */
export async function tellStraight(cast: Cast, copies: number): Promise<Stage> {
  const { address } = await cast.broker(tellingRoutes(copies));
  const receives = await cast.part("receivers", "sdk.receivers", { address, count: copies });
  return { asks: await cast.part("sender", "sdk.sender", { address }), receives, copies };
}

/** The same through two sidecars, with one receiver. */
export async function tellThroughSidecars(cast: Cast): Promise<Stage> {
  const { port } = await cast.broker(tellingRoutes(1));
  const [near, far] = [cast.socket("near"), cast.socket("far")];
  await Promise.all([
    cast.sidecar("sender", port, ["--socket", near]),
    cast.sidecar("receiver1", port, ["--socket", far]),
  ]);
  const receives = await cast.part("receivers", "sdk.receivers", { address: `unix:${far}`, count: 1 });
  return { asks: await cast.part("sender", "sdk.sender", { address: `unix:${near}` }), receives };
}

/** Sending through the JSON edge of a sidecar; the receiver is attached to the broker. */
export async function tellByHttp(cast: Cast, sender: string): Promise<Stage> {
  const { port, address } = await cast.broker(tellingRoutes(1));
  const near = await cast.sidecar("sender", port);
  const receives = await cast.part("receivers", "sdk.receivers", { address, count: 1 });
  return { asks: await cast.part("sender", sender, { port: near }), receives };
}

/** Publishing with NATS, to so many subscribers. */
export async function tellByNats(cast: Cast, copies: number): Promise<Stage> {
  const address = await cast.nats();
  const receives = await cast.part("receivers", "nats.receivers", { address, count: copies });
  return { asks: await cast.part("sender", "nats.sender", { address }), receives, copies };
}
